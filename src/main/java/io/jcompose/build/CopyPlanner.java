package io.jcompose.build;

import io.jcompose.build.CopySources.Remote;
import io.jcompose.build.CopySources.Taking;
import io.jcompose.build.Dockerfile.Stage;
import io.jcompose.build.StagePlan.CopyOrder;
import io.jcompose.build.StagePlan.Origin;
import io.jcompose.build.StagePlan.Selected;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides what a COPY or ADD does: looks its files up, fetches what has to be fetched. */
final class CopyPlanner {
  private final StagePlanner planner;
  private final Stage stage;
  private final ImageConfig config;
  private final Expander expander;

  /** What is to be done; {@code own} stands for all that it depends on but the files before it. */
  record Planned(String own, CopyOrder order) {}

  CopyPlanner(StagePlanner planner, Stage stage, ImageConfig config, Expander expander) {
    this.planner = planner;
    this.stage = stage;
    this.config = config;
    this.expander = expander;
  }

  Planned plan(Instruction.Copy copy) {
    Instruction.CopyFlags flags = copy.flags();
    CopySources.Parsed parsed =
        CopySources.parse(copy, expander, planner.escape(), planner.scratch());
    flags
        .checksum()
        .filter(flag -> parsed.remotes().size() != 1 || parsed.several())
        .ifPresent(
            flag -> {
              throw flag.at().error("--checksum is for one source that is a URL");
            });
    String written = expander.expand(copy.destination());
    boolean folder = written.endsWith("/") || written.equals(".") || written.endsWith("/.");
    if (parsed.several() && !folder) {
      throw copy.destination().error("several sources need a destination that ends with \"/\"");
    }
    Optional<Origin> origin = flags.from().map(from -> origin(from));
    StepKey own = new StepKey().add(copy.add() ? "add" : "copy");
    List<Selected> selected = new ArrayList<>();
    Optional<SourceTree> named =
        origin.filter(Origin.OfFolder.class::isInstance).map(o -> ((Origin.OfFolder) o).tree());
    Optional<Origin> elsewhere = named.isPresent() ? Optional.empty() : origin;
    Optional<Selection> files =
        elsewhere.isPresent() || parsed.patterns().isEmpty()
            ? Optional.empty()
            : Optional.of(ofTree(copy, parsed, named.orElseGet(() -> planner.context().tree())));
    boolean unpacks = flags.unpack().orElse(copy.add());
    files.ifPresent(found -> selected.add(new Selected(found, unpacks)));
    parsed.inline().ifPresent(texts -> selected.add(new Selected(texts, false)));
    for (Remote remote : parsed.remotes()) {
      selected.add(fetched(copy, parsed, remote));
    }
    selected.forEach(each -> own.add("content").add(each.files().digest()));
    elsewhere.ifPresent(
        from ->
            own.add("from")
                .add(from.key())
                .add(parsed.patterns().stream().map(StagePlan.Pattern::key).toList())
                .add(parsed.excludeTexts()));
    String destination = destination(written);
    Optional<String> chown = flags.chown().map(flag -> expander.expand(flag.at(), flag.value()));
    Optional<String> chmod = flags.chmod().map(flag -> expander.expand(flag.at(), flag.value()));
    own.add(destination)
        .add(Boolean.toString(folder || parsed.several()))
        .add(chown.orElse("-"))
        .add(chmod.orElse("-"))
        .add(Boolean.toString(flags.parents()))
        .add(flags.unpack().map(value -> "unpack " + value).orElse(""))
        .add(flags.link() ? "link" : "");
    return new Planned(
        own.hex(),
        new CopyOrder(
            copy.raw().at(),
            List.copyOf(selected),
            elsewhere,
            parsed.patterns(),
            destination,
            folder || parsed.several(),
            flags.parents(),
            flags.link(),
            chown,
            chmod.map(mode -> ModeChange.parse(mode, flags.chmod().orElseThrow().at())),
            parsed.excludes()));
  }

  private Origin origin(RawInstruction.Flag from) {
    if (from.value().contains("$")) {
      throw from.at()
          .error("--from can't hold a variable; name the image as a stage first: FROM … AS name");
    }
    return planner.origin(stage, from.value(), from.at());
  }

  private Selection ofTree(Instruction.Copy copy, CopySources.Parsed parsed, SourceTree tree) {
    return CopySources.select(
        tree,
        parsed.patterns(),
        new Taking(
            parsed.excludes(), false, Optional.of(planner.digests()), copy.flags().parents()));
  }

  private String destination(String written) {
    String absolute = written.startsWith("/") ? written : config.workingDir() + "/" + written;
    return RawPath.of(RawPath.clean(absolute));
  }

  private Selected fetched(Instruction.Copy copy, CopySources.Parsed parsed, Remote remote) {
    BuildRequest request = planner.request();
    Path folder = planner.scratch().newFolder();
    Taking taking = new Taking(parsed.excludes(), false, Optional.empty(), false);
    try {
      Optional<String> checksum =
          copy.flags().checksum().map(flag -> expander.expand(flag.at(), flag.value()));
      String top = "";
      if (GitSource.isOne(remote.address())) {
        GitSource source = GitSource.parse(remote.address());
        HostGit git =
            new HostGit(
                request.remote().environment(),
                request.secrets(),
                planner.scratch().newFolder(),
                request.cancellation());
        String commit = git.checkout(source, folder, copy.flags().keepsGit());
        if (checksum.isPresent() && !commit.startsWith(checksum.get())) {
          throw remote.at().error("the repository is at the commit " + commit + ", not " + checksum.get());
        }
        top = source.folder();
      } else {
        Downloads.Fetched file =
            planner
                .downloads()
                .get(
                    remote.address(),
                    checksum.map(text -> digest(text, copy)),
                    request.remote(),
                    request.cancellation(),
                    folder.resolve(Downloads.name(remote.address())));
        Downloads.asAdded(file);
        top = RawPath.of(file.file().getFileName().toString());
      }
      Fd root = Fs.open(folder.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
      SourceTree tree = planner.scratch().keep(new SourceTree(root, IgnoreFile.NONE));
      Selection files =
          CopySources.select(tree, List.of(new StagePlan.Pattern(top, 0, remote.at())), taking);
      return new Selected(files, copy.flags().unpack().orElse(false));
    } catch (IOException e) {
      throw BuildFailure.of("fetching " + remote.address(), e);
    } catch (BuildException e) {
      throw e.orAt(remote.at());
    }
  }

  private static Digest digest(String text, Instruction.Copy copy) {
    try {
      return Digest.parse(text);
    } catch (ImageException e) {
      throw copy.flags().checksum().orElseThrow().at().error("--checksum: " + e.getMessage());
    }
  }
}
