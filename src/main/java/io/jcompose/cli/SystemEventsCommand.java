package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.Cancellation;
import io.jcompose.engine.Event;
import io.jcompose.engine.EventText;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "events", description = "Shows what happens to containers of all projects and none.", sortOptions = false)
final class SystemEventsCommand implements Callable<Integer> {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX").withZone(ZoneId.systemDefault());
  private final CommandContext context;

  @Option(names = "--since", paramLabel = "TIME", description = "Also what was before: from a time, or how long ago (10m)")
  String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Ends then")
  String until;

  @Option(names = {"-f", "--filter"}, paramLabel = "KEY=VALUE", description = "Only those: container, event, image, label, service, type")
  List<String> filters = new ArrayList<>();

  @Option(names = "--format", paramLabel = "FORMAT", description = "json, or a template")
  String format = "";

  SystemEventsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Cancellation cancellation = context.invocation().cancellation();
    context.engine().events().watch(
        since == null ? 0 : Moment.parse("--since", since),
        until == null ? 0 : Moment.parse("--until", until),
        EventFilter.parse(filters),
        this::show,
        cancellation);
    return cancellation.requested() ? Commands.INTERRUPTED : 0;
  }

  private void show(Event event) {
    switch (format) {
      case "" -> context.out().println(EventLine.of(event, STAMP, event.attributes()));
      case "json" -> context.out().println(json(event).toString());
      default -> context.out().print(ListFormat.inspect(format, List.of(json(event))));
    }
  }

  private static ObjectNode json(Event event) {
    ObjectNode node = ListFormat.row();
    String image = event.attributes().getOrDefault("image", "");
    node.put("status", EventText.action(event));
    node.put("id", event.id());
    node.put("from", image);
    node.put("Type", "container");
    node.put("Action", EventText.action(event));
    ObjectNode actor = node.putObject("Actor");
    actor.put("ID", event.id());
    event.attributes().forEach(actor.putObject("Attributes")::put);
    node.put("scope", "local");
    node.put("time", EventLine.time(event).getEpochSecond());
    node.put("timeNano", event.nanos());
    return node;
  }
}
