package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files that this process has mapped: libraries, and the cache that the JVM starts from. */
public final class MappedFiles {
  /** proc_pid_smaps(5): the range, what may be done with it, offset, device, inode, and a path. */
  private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) ([r-][w-][x-]). \\S+ \\S+ \\d+ *(/?).*");

  private static final Pattern COUNT = Pattern.compile("(Rss|Anonymous): +(\\d+) kB");
  private static final long WORTHWHILE_KB = 256;
  private static final int MADV_DONTNEED = 4;

  private MappedFiles() {}

  /** A range of addresses, and how much of it is in memory. */
  record Range(long begin, long end, long residentKilobytes) {}

  /**
   * Lets go of all pages that only repeat what a file says. They stay in the page cache while nobody needs their room,
   * and come back, many at a time, when they are touched. Returns how much that was.
   */
  public static long giveBack() {
    List<Range> ranges = clean(smaps());
    for (Range range : ranges) {
      check(C.madvise(range.begin, range.end - range.begin, MADV_DONTNEED), "madvise", "MADV_DONTNEED");
    }
    return ranges.stream().mapToLong(Range::residentKilobytes).sum();
  }

  private static List<String> smaps() {
    try {
      return Files.readAllLines(Path.of("/proc/self/smaps"));
    } catch (IOException e) {
      throw new UncheckedIOException("/proc/self/smaps cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Ranges that can't be written and hold nothing that was: what a loader has put right before it closed them is in no
   * file, and would be lost.
   */
  static List<Range> clean(List<String> smaps) {
    List<Range> ranges = new ArrayList<>();
    Matcher file = null;
    long resident = 0;
    for (String line : smaps) {
      Matcher mapping = MAPPING.matcher(line);
      Matcher count = COUNT.matcher(line);
      if (mapping.matches()) {
        boolean readOnly = mapping.group(3).startsWith("r-");
        file = readOnly && mapping.group(4).equals("/") ? mapping : null;
      } else if (count.matches() && file != null) {
        long kilobytes = Long.parseLong(count.group(2));
        if (count.group(1).equals("Rss")) {
          resident = kilobytes;
        } else if (kilobytes == 0 && resident >= WORTHWHILE_KB) {
          ranges.add(
              new Range(
                  Long.parseUnsignedLong(file.group(1), 16), Long.parseUnsignedLong(file.group(2), 16), resident));
        }
      }
    }
    return ranges;
  }
}
