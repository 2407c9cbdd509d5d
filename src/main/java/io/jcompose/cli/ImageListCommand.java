package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.ImageView;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "ls", aliases = "list", description = "Lists images.", sortOptions = false)
final class ImageListCommand implements Callable<Integer> {
  private static final DateTimeFormatter CREATED_AT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx 'UTC'").withZone(ZoneOffset.UTC);
  private final CommandContext context;

  @Parameters(arity = "0..1", paramLabel = "REPOSITORY[:TAG]", description = "Only images of this name")
  String name = "";

  @Option(names = {"-a", "--all"}, description = "Shows all images; none is ever hidden")
  boolean all;

  @Option(names = "--digests", description = "Shows the digests of manifests")
  boolean digests;

  @Option(names = {"-f", "--filter"}, paramLabel = "FILTER", description = "dangling=true, label=KEY[=VALUE], reference=PATTERN, until=24h, before=IMAGE or since=IMAGE")
  List<String> filters = new ArrayList<>();

  @Option(names = "--format", paramLabel = "FORMAT", description = "table, json or a Go template")
  String format = "";

  @Option(names = "--no-trunc", description = "Shows ids in full")
  boolean noTrunc;

  @Option(names = {"-q", "--quiet"}, description = "Shows ids only")
  boolean quiet;

  @Option(names = "--tree", description = "Shows the platform of each image, and what is in use (U)")
  boolean tree;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ImageListCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ListFormat.check(format);
    if (tree && (quiet || noTrunc || digests || !format.isEmpty())) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--quiet, --no-trunc, --digests and --format go with the table, not with --tree");
    }
    List<ImageView> images = new ArrayList<>(context.engine().images().list());
    if (!name.isEmpty()) {
      images.removeIf(image -> !matches(name, image));
    }
    filters.forEach(filter -> keep(filter, images));
    if (tree) {
      Set<String> shown = images.stream().map(ImageView::id).collect(Collectors.toSet());
      context.out().print(ImageTreeText.of(context.engine().disk().trees(), shown));
      return 0;
    }
    if (quiet) {
      LinkedHashSet<String> ids = new LinkedHashSet<>();
      images.forEach(image -> ids.add(noTrunc ? image.id() : image.shortId()));
      ids.forEach(context.out()::println);
      return 0;
    }
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("Repository", "REPOSITORY");
    columns.put("Tag", "TAG");
    if (digests) {
      columns.put("Digest", "DIGEST");
    }
    columns.put("ID", "IMAGE ID");
    columns.put("CreatedSince", "CREATED");
    columns.put("Size", "SIZE");
    context.out().print(ListFormat.text(format, images.stream().map(this::row).toList(), columns, Map.of()));
    return 0;
  }

  private ObjectNode row(ImageView image) {
    Instant created = Instant.ofEpochMilli(image.createdMillis());
    long age = System.currentTimeMillis() - image.createdMillis();
    return ListFormat.row()
        .put("Containers", "N/A")
        .put("CreatedAt", CREATED_AT.format(created))
        .put("CreatedSince", image.createdMillis() == 0 ? "N/A" : ContainerText.ago(age))
        .put("Digest", image.origin().isEmpty() ? image.digest() : "<none>")
        .put("ID", noTrunc ? image.id() : image.shortId())
        .put("Origin", image.origin())
        .put("Repository", image.repository())
        .put("SharedSize", "N/A")
        .put("Size", ContainerText.size(image.size()))
        .put("Tag", image.tag())
        .put("UniqueSize", "N/A")
        .put("VirtualSize", ContainerText.size(image.size()));
  }

  /** A name without a tag means all tags; {@code *} and {@code ?} stop at a slash. */
  private static boolean matches(String pattern, ImageView image) {
    boolean tagged = pattern.lastIndexOf(':') > pattern.lastIndexOf('/');
    String text = tagged ? image.repository() + ":" + image.tag() : image.repository();
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toCharArray()) {
      regex.append(c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Pattern.quote(String.valueOf(c)));
    }
    return text.matches(regex.toString());
  }

  private void keep(String filter, List<ImageView> images) {
    String[] sides = ImageFilter.split(filter);
    switch (sides[0]) {
      case "dangling" -> images.removeIf(image -> image.repository().equals("<none>") != (sides[1].equals("true") || sides[1].equals("1")));
      case "reference" -> images.removeIf(image -> !matches(sides[1], image));
      case "label" -> images.removeIf(image -> !ImageFilter.hasLabel(image, sides[1]));
      case "label!" -> images.removeIf(image -> ImageFilter.hasLabel(image, sides[1]));
      case "until" -> {
        long until = ImageFilter.until(sides[1], System.currentTimeMillis());
        images.removeIf(image -> image.createdMillis() >= until);
      }
      case "before", "since" -> {
        String id = context.engine().images().details().id(sides[1]);
        long than = images.stream().filter(i -> i.id().equals(id)).mapToLong(ImageView::createdMillis).findFirst().orElse(0);
        images.removeIf(i -> sides[0].equals("before") ? i.createdMillis() >= than : i.createdMillis() <= than);
      }
      default ->
          throw new CommandLine.ParameterException(
              spec.commandLine(), "invalid filter '" + sides[0] + "': there are dangling, label, reference, until, before and since");
    }
  }
}
