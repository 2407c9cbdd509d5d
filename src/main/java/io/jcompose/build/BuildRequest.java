package io.jcompose.build;

import io.jcompose.image.ImageReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is to be built.
 *
 * @param context folder of the files that COPY may take, absolute
 * @param dockerfile absolute path; ignored when {@code inline} is given
 * @param inline a Dockerfile's text
 * @param target name or number of the stage to build; the last one otherwise
 * @param args build arguments
 * @param secrets content by id, asked for only by the steps that mount it
 * @param labels added to the image
 * @param tags names for the image
 * @param noCache run every step anew
 * @param network of RUN steps: default, none, host, or a name that the {@link StepRunner} knows
 * @param extraHosts {@code name:address} for RUN steps
 * @param shmSize of /dev/shm for RUN steps in bytes, 0 for the default
 * @param sourceDateEpoch seconds: creation time of the image, and no file in a layer is newer
 */
public record BuildRequest(
    Path context,
    Path dockerfile,
    Optional<String> inline,
    Optional<String> target,
    Map<String, String> args,
    Map<String, Supplier<byte[]>> secrets,
    Map<String, String> labels,
    List<ImageReference> tags,
    boolean noCache,
    String network,
    List<String> extraHosts,
    long shmSize,
    Optional<Long> sourceDateEpoch,
    BaseImages baseImages,
    BuildListener listener,
    Cancellation cancellation) {

  /** A build of {@code context} with its {@code Dockerfile} and nothing else asked for. */
  public static BuildRequest of(Path context, BaseImages baseImages) {
    return new BuildRequest(
        context,
        context.resolve("Dockerfile"),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        Map.of(),
        List.of(),
        false,
        "default",
        List.of(),
        0,
        Optional.empty(),
        baseImages,
        BuildListener.NONE,
        Cancellation.NEVER);
  }

  public BuildRequest withInline(String text) {
    return new BuildRequest(
        context,
        dockerfile,
        Optional.of(text),
        target,
        args,
        secrets,
        labels,
        tags,
        noCache,
        network,
        extraHosts,
        shmSize,
        sourceDateEpoch,
        baseImages,
        listener,
        cancellation);
  }

  public BuildRequest withTarget(String stage) {
    return new BuildRequest(
        context,
        dockerfile,
        inline,
        Optional.of(stage),
        args,
        secrets,
        labels,
        tags,
        noCache,
        network,
        extraHosts,
        shmSize,
        sourceDateEpoch,
        baseImages,
        listener,
        cancellation);
  }

  public BuildRequest withArgs(Map<String, String> values) {
    return new BuildRequest(
        context,
        dockerfile,
        inline,
        target,
        values,
        secrets,
        labels,
        tags,
        noCache,
        network,
        extraHosts,
        shmSize,
        sourceDateEpoch,
        baseImages,
        listener,
        cancellation);
  }

  public BuildRequest withSecrets(Map<String, Supplier<byte[]>> values) {
    return new BuildRequest(
        context,
        dockerfile,
        inline,
        target,
        args,
        values,
        labels,
        tags,
        noCache,
        network,
        extraHosts,
        shmSize,
        sourceDateEpoch,
        baseImages,
        listener,
        cancellation);
  }

  public BuildRequest withTags(List<ImageReference> names) {
    return new BuildRequest(
        context,
        dockerfile,
        inline,
        target,
        args,
        secrets,
        labels,
        names,
        noCache,
        network,
        extraHosts,
        shmSize,
        sourceDateEpoch,
        baseImages,
        listener,
        cancellation);
  }

  public BuildRequest withNoCache(boolean anew) {
    return new BuildRequest(
        context,
        dockerfile,
        inline,
        target,
        args,
        secrets,
        labels,
        tags,
        anew,
        network,
        extraHosts,
        shmSize,
        sourceDateEpoch,
        baseImages,
        listener,
        cancellation);
  }

  public BuildRequest withSourceDateEpoch(long seconds) {
    return new BuildRequest(
        context,
        dockerfile,
        inline,
        target,
        args,
        secrets,
        labels,
        tags,
        noCache,
        network,
        extraHosts,
        shmSize,
        Optional.of(seconds),
        baseImages,
        listener,
        cancellation);
  }

  public BuildRequest withListener(BuildListener hears) {
    return new BuildRequest(
        context,
        dockerfile,
        inline,
        target,
        args,
        secrets,
        labels,
        tags,
        noCache,
        network,
        extraHosts,
        shmSize,
        sourceDateEpoch,
        baseImages,
        hears,
        cancellation);
  }

  public BuildRequest withCancellation(Cancellation asks) {
    return new BuildRequest(
        context,
        dockerfile,
        inline,
        target,
        args,
        secrets,
        labels,
        tags,
        noCache,
        network,
        extraHosts,
        shmSize,
        sourceDateEpoch,
        baseImages,
        listener,
        asks);
  }
}
