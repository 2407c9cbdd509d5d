package io.jcompose.compose.load;

import io.jcompose.compose.canon.Fingerprints;
import io.jcompose.compose.model.Confinement;
import io.jcompose.compose.model.CredentialSpec;
import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Dependency.Condition;
import io.jcompose.compose.model.Deploy;
import io.jcompose.compose.model.Device;
import io.jcompose.compose.model.Healthcheck;
import io.jcompose.compose.model.Hook;
import io.jcompose.compose.model.Hooks;
import io.jcompose.compose.model.Logging;
import io.jcompose.compose.model.ModelBinding;
import io.jcompose.compose.model.Provider;
import io.jcompose.compose.model.RestartPolicy;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.ServiceProcess;
import io.jcompose.compose.model.WatchTrigger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes a service's record of its canonical tree. */
final class ServiceReader {

  private ServiceReader() {}

  /**
   * Reads.
   *
   * @param directory the project's
   */
  static Service read(String name, View service, Path directory) {
    ResourceNames.checkContainer(service);
    OptionalInt scale = service.integer("scale");
    return new Service(
        name,
        service.text("image"),
        service.optional("build", build -> BuildReader.read(build, directory)),
        service.text("pull_policy"),
        service.text("platform"),
        service.text("container_name"),
        scale.isPresent() ? scale : service.view("deploy").integer("replicas"),
        process(service),
        NetworkingReader.read(service),
        StorageReader.read(service),
        ResourceReader.read(service),
        confinement(service),
        service.entries("depends_on", ServiceReader::dependency),
        service.optional("healthcheck", ServiceReader::healthcheck),
        restart(service),
        new Hooks(
            service.list("pre_start", ServiceReader::hook),
            service.list("post_start", ServiceReader::hook),
            service.list("pre_stop", ServiceReader::hook)),
        service.optional("logging", l -> new Logging(l.text("driver"), l.labels("options"))),
        service.labels("labels"),
        service.labels("annotations"),
        service.texts("profiles"),
        service.optionalFlag("attach").orElse(true),
        deploy(service.view("deploy")),
        service.view("develop").list("watch", ServiceReader::watch),
        service.optional("provider", ServiceReader::provider),
        service.entries(
            "models", (key, m) -> new ModelBinding(m.text("endpoint_var"), m.text("model_var"))),
        Fingerprints.service(service.map()));
  }

  private static ServiceProcess process(View service) {
    service
        .text("working_dir")
        .filter(directory -> !directory.startsWith("/"))
        .ifPresent(
            directory ->
                service.report(
                    "working_dir",
                    "the working directory '" + directory + "' is invalid, it needs to be an absolute path"));
    return new ServiceProcess(
        service.command("command"),
        service.command("entrypoint"),
        service.variables("environment"),
        service.text("working_dir"),
        service.text("user"),
        service.texts("group_add"),
        service.flag("tty"),
        service.flag("stdin_open"),
        service.flag("init"),
        service.text("stop_signal"),
        service.duration("stop_grace_period"));
  }

  private static Confinement confinement(View service) {
    return new Confinement(
        service.flag("privileged"),
        service.texts("cap_add"),
        service.texts("cap_drop"),
        service.texts("security_opt"),
        service.labels("sysctls"),
        service.list(
            "devices",
            d -> {
              String source = d.text("source").orElse("");
              return new Device(
                  source, d.text("target").orElse(source), d.text("permissions").orElse("rwm"));
            }),
        service.texts("device_cgroup_rules"),
        service.text("pid"),
        service.text("ipc"),
        service.text("uts"),
        service.text("cgroup"),
        service.text("userns_mode"),
        service.text("isolation"),
        service.text("runtime"),
        service.optional(
            "credential_spec",
            c -> new CredentialSpec(c.text("config"), c.text("file"), c.text("registry"))),
        service.flag("use_api_socket"));
  }

  private static Dependency dependency(String name, View dependency) {
    String word = dependency.text("condition").orElse(Condition.STARTED.word());
    Condition condition =
        Arrays.stream(Condition.values())
            .filter(c -> c.word().equals(word))
            .findFirst()
            .orElseThrow(() -> dependency.error("condition", "unknown condition \"" + word + "\""));
    return new Dependency(
        name,
        condition,
        dependency.flag("restart"),
        dependency.optionalFlag("required").orElse(true));
  }

  private static Healthcheck healthcheck(View check) {
    Optional<List<String>> test = check.command("test");
    boolean none = test.filter(t -> t.equals(List.of("NONE"))).isPresent();
    return new Healthcheck(
        test,
        check.duration("interval"),
        check.duration("timeout"),
        check.integer("retries"),
        check.duration("start_period"),
        check.duration("start_interval"),
        none || check.flag("disable"));
  }

  /** What deploy says wins over {@code restart}. */
  private static RestartPolicy restart(View service) {
    View deploy = service.view("deploy");
    if (deploy.has("restart_policy")) {
      View policy = deploy.view("restart_policy");
      RestartPolicy.Mode mode =
          switch (policy.text("condition").orElse("any")) {
            case "none", "no" -> RestartPolicy.Mode.NO;
            case "on-failure" -> RestartPolicy.Mode.ON_FAILURE;
            case "unless-stopped" -> RestartPolicy.Mode.UNLESS_STOPPED;
            default -> RestartPolicy.Mode.ALWAYS;
          };
      return new RestartPolicy(
          mode,
          policy.integer("max_attempts").orElse(0),
          policy.duration("delay"),
          policy.duration("window"));
    }
    String text = service.text("restart").orElse("no");
    int colon = text.indexOf(':');
    String word = colon < 0 ? text : text.substring(0, colon);
    RestartPolicy.Mode mode =
        Arrays.stream(RestartPolicy.Mode.values())
            .filter(m -> m.word().equals(word))
            .findFirst()
            .orElse(RestartPolicy.Mode.NO);
    if (!mode.word().equals(word) || colon >= 0 && mode != RestartPolicy.Mode.ON_FAILURE) {
      return unknownRestart(service, text);
    }
    try {
      int attempts = colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1));
      return new RestartPolicy(mode, attempts, Optional.empty(), Optional.empty());
    } catch (NumberFormatException e) {
      return unknownRestart(service, text);
    }
  }

  private static RestartPolicy unknownRestart(View service, String text) {
    service.report(
        "restart",
        "unknown restart policy \""
            + text
            + "\"; there are no, always, on-failure[:times], unless-stopped");
    return new RestartPolicy(RestartPolicy.Mode.NO, 0, Optional.empty(), Optional.empty());
  }

  static Hook hook(View hook) {
    return new Hook(
        hook.texts("command"),
        hook.text("image"),
        hook.text("user"),
        hook.flag("privileged"),
        hook.text("working_dir"),
        hook.variables("environment"));
  }

  private static Deploy deploy(View deploy) {
    View placement = deploy.view("placement");
    return new Deploy(
        deploy.text("mode"),
        deploy.text("endpoint_mode"),
        deploy.labels("labels"),
        deploy.optional("update_config", ServiceReader::update),
        deploy.optional("rollback_config", ServiceReader::update),
        new Deploy.Placement(
            placement.texts("constraints"),
            placement.list("preferences", p -> p.text("spread").orElse("")),
            placement.integer("max_replicas_per_node")));
  }

  private static Deploy.Update update(View update) {
    return new Deploy.Update(
        update.number("parallelism"),
        update.duration("delay"),
        update.text("failure_action"),
        update.duration("monitor"),
        update.decimal("max_failure_ratio"),
        update.text("order"));
  }

  private static WatchTrigger watch(View watch) {
    return new WatchTrigger(
        Path.of(watch.text("path").orElse("")),
        watch.text("action").orElse(""),
        watch.text("target"),
        watch.texts("ignore"),
        watch.texts("include"),
        watch.optional("exec", ServiceReader::hook),
        watch.flag("initial_sync"));
  }

  private static Provider provider(View provider) {
    View options = provider.view("options");
    return new Provider(
        provider.text("type").orElse(""),
        provider.entries("options", (key, ignored) -> options.texts(key)));
  }
}
