package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.Cancellation;
import io.jcompose.engine.Continuation;
import io.jcompose.engine.Event;
import io.jcompose.engine.EventText;
import io.jcompose.linux.Clock;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "events", description = "Shows what happens to containers as it happens.", sortOptions = false)
final class EventsCommand implements Callable<Integer> {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneId.systemDefault());
  private static final DateTimeFormatter RFC3339 =
      DateTimeFormatter.ISO_OFFSET_DATE_TIME.withZone(ZoneId.systemDefault());
  private static final String OUR_LABELS = "com.docker.compose.";
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  @Option(names = "--json", description = "Shows each as a JSON object on a line of its own")
  boolean json;

  @Option(names = "--since", paramLabel = "TIME", description = "Also what was before: from a time, or how long ago (10m)")
  String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Ends then")
  String until;

  @Option(names = {"-f", "--filter"}, paramLabel = "KEY=VALUE", description = "Only those: container, event, image, label, service, type")
  List<String> filters = new ArrayList<>();

  EventsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Continuation continuation = context.invocation().continuation();
    Predicate<Event> filter = EventFilter.parse(filters);
    KeptState state = KeptState.of(continuation).orElseGet(this::begun);
    boolean goesOn = !continuation.kept().isEmpty();
    Cancellation cancellation = context.invocation().cancellation();
    continuation.begin(Commands.INTERRUPTED, true);
    state.keep(continuation);
    String project = state.text("project");
    context.engine().events().watch(
        goesOn || since != null ? state.number("since") : 0,
        state.number("until"),
        e -> e.project().equals(project) && (services.isEmpty() || services.contains(e.service())) && filter.test(e),
        event -> state.put("since", event.nanos() + 1).keep(continuation, text(event)),
        cancellation);
    return cancellation.requested() ? Commands.INTERRUPTED : 0;
  }

  /** The next engine tells of what has happened since: of what it has found out, that is, as events die with theirs. */
  private KeptState begun() {
    ContainerChoice choice = new ContainerChoice(context);
    choice.of(services);
    return KeptState.empty()
        .put("project", choice.projectName())
        .put("since", since == null ? Clock.wallNanos() : Moment.parse("--since", since))
        .put("until", until == null ? 0 : Moment.parse("--until", until));
  }

  private String text(Event event) {
    Map<String, String> attributes = new TreeMap<>(event.attributes());
    attributes.keySet().removeIf(key -> key.startsWith(OUR_LABELS));
    if (json) {
      ObjectNode node = ListFormat.row();
      node.put("action", EventText.action(event));
      attributes.forEach(node.putObject("attributes")::put);
      node.put("id", event.id());
      node.put("service", event.service());
      node.put("time", RFC3339.format(EventLine.time(event)));
      node.put("type", "container");
      return node.toString();
    }
    return EventLine.of(event, STAMP, attributes);
  }
}
