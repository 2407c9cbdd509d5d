package io.jcompose.engine;

import io.jcompose.linux.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A container's processes with the host's numbers and names, under headings.
 *
 * @param rows as many cells each as there are headings
 */
public record ProcessTable(List<String> headings, List<List<String>> rows) {
  private static final List<String> HEADINGS =
      List.of("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
  private static final int PTS_MAJOR = 136;
  private static final int PTS_MAJORS = 8;

  /** USER_HZ, the same on every Linux of x86-64 and arm64. */
  private static final int TICKS_PER_SECOND = 100;

  /** The columns of {@code ps -ef}; a process that has just ended has no row. */
  static ProcessTable of(List<Integer> pids) {
    Map<String, String> users = users();
    List<List<String>> rows = new ArrayList<>();
    pids.stream().sorted().forEach(pid -> row(pid, users).ifPresent(rows::add));
    return new ProcessTable(HEADINGS, rows);
  }

  private static Optional<List<String>> row(int pid, Map<String, String> users) {
    Path proc = Path.of("/proc", Integer.toString(pid));
    try {
      String stat = Files.readString(proc.resolve("stat"), StandardCharsets.ISO_8859_1);
      // The name stands in parentheses and may hold any character.
      int end = stat.lastIndexOf(')');
      String name = stat.substring(stat.indexOf('(') + 1, end);
      String[] fields = stat.substring(end + 2).split(" ");
      long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      long startTicks = Long.parseLong(fields[19]);
      long aliveTicks = Clock.nanosSinceBoot() / (1_000_000_000 / TICKS_PER_SECOND) - startTicks;
      String uid = Integer.toString((int) Files.getAttribute(proc, "unix:uid"));
      return Optional.of(
          List.of(
              users.getOrDefault(uid, uid),
              Integer.toString(pid),
              fields[1],
              Long.toString(aliveTicks > 0 ? Math.min(99, ticks * 100 / aliveTicks) : 0),
              startedAt(startTicks),
              terminal(Integer.parseInt(fields[4])),
              time(ticks / TICKS_PER_SECOND),
              command(proc, name)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String startedAt(long startTicks) {
    long bootMillis = System.currentTimeMillis() - Clock.nanosSinceBoot() / 1_000_000;
    ZonedDateTime at =
        Instant.ofEpochMilli(bootMillis + startTicks * 1000 / TICKS_PER_SECOND).atZone(ZoneId.systemDefault());
    boolean today = at.toLocalDate().equals(ZonedDateTime.now().toLocalDate());
    return at.format(DateTimeFormatter.ofPattern(today ? "HH:mm" : "MMMdd", Locale.ROOT));
  }

  private static String terminal(int device) {
    int major = device >> 8 & 0xfff;
    int minor = device & 0xff | device >> 12 & 0xfff00;
    if (major >= PTS_MAJOR && major < PTS_MAJOR + PTS_MAJORS) {
      return "pts/" + ((major - PTS_MAJOR << 8) + minor);
    }
    return device == 0 ? "?" : major == 4 ? "tty" + minor : major + ":" + minor;
  }

  private static String time(long seconds) {
    return "%02d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  private static String command(Path proc, String name) throws IOException {
    byte[] line = Files.readAllBytes(proc.resolve("cmdline"));
    String text = new String(line, StandardCharsets.UTF_8).replace('\0', ' ').strip();
    return text.isEmpty() ? "[" + name + "]" : text;
  }

  private static Map<String, String> users() {
    Map<String, String> users = new HashMap<>();
    try {
      for (String line : Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(":");
        if (fields.length > 2) {
          users.putIfAbsent(fields[2], fields[0]);
        }
      }
    } catch (IOException e) {
      System.getLogger("engine").log(System.Logger.Level.DEBUG, "users are shown by number", e);
    }
    return users;
  }

  /**
   * What the host's {@code ps} prints with {@code arguments}, without the rows of other processes.
   *
   * @throws EngineException if there is no {@code ps}, it fails, or has no column PID
   */
  static ProcessTable of(List<Integer> pids, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("ps"));
    command.addAll(arguments);
    List<String> lines;
    try {
      Process ps = new ProcessBuilder(command).redirectErrorStream(true).start();
      ps.getOutputStream().close();
      lines = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      if (ps.waitFor() != 0) {
        throw new EngineException("ps: " + String.join(" ", lines));
      }
    } catch (IOException e) {
      throw new EngineException("this host has no ps that could take " + String.join(" ", arguments), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    return parse(lines, pids);
  }

  static ProcessTable parse(List<String> lines, List<Integer> pids) {
    List<String> headings = lines.isEmpty() ? List.of() : List.of(lines.getFirst().strip().split("\\s+"));
    int column = headings.indexOf("PID");
    if (column < 0) {
      throw new EngineException("Couldn't find PID field in ps output");
    }
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      // The last column is the command, which may hold blanks.
      String[] cells = line.strip().split("\\s+", headings.size());
      if (cells.length == headings.size() && pids.contains(Integer.parseInt(cells[column]))) {
        rows.add(List.of(cells));
      }
    }
    return new ProcessTable(headings, rows);
  }
}
