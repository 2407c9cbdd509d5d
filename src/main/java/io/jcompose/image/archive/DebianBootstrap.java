package io.jcompose.image.archive;

import io.jcompose.image.BlobWriter;
import io.jcompose.image.Cancellation;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.MediaTypes;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes {@code debian:<suite>} and {@code debian:<suite>-slim} from a Debian mirror: mmdebstrap
 * writes the tar that is the image's only layer. The same packages give the same bytes. Of
 * mmdebstrap's other variants there are minbase (with all that Debian calls required), essential
 * (without apt) and buildd (with compilers).
 */
final class DebianBootstrap {
  /** 2026-01-01: a fixed time, so that images differ in their packages alone. */
  static final long EPOCH_SECONDS = 1_767_225_600L;

  static final String CREATED = Instant.ofEpochSecond(EPOCH_SECONDS).toString();
  private static final String PATH_VARIABLE =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final Pattern TAG =
      Pattern.compile("([a-z]+|[0-9]{2})(?:-(slim|minbase|essential|buildd))?");
  private static final Map<String, String> SUITES =
      Map.of("11", "bullseye", "12", "bookworm", "13", "trixie", "14", "forky", "latest", "stable");

  /** Suites from before the package usr-is-merged. */
  private static final Set<String> OLD = Set.of("buster", "bullseye");

  private static final List<String> SLIM_EXCLUDES =
      List.of("man", "doc", "locale", "info", "lintian");

  private final ImageStore store;
  private final Path etcApt;
  private final Optional<String> mirror;
  private final long epoch;

  /**
   * @param mirror overrules what the sources in {@code etcApt} say
   * @param epoch when the image is said to be made, in seconds; no file in it is newer
   */
  DebianBootstrap(ImageStore store, Path etcApt, Optional<String> mirror, long epoch) {
    this.store = store;
    this.etcApt = etcApt;
    this.mirror = mirror;
    this.epoch = epoch;
  }

  Image make(
      ImageReference reference, Consumer<String> progress, Cancellation cancellation) {
    Matcher tag = TAG.matcher(reference.tag().orElse(""));
    if (!tag.matches()) {
      throw new ImageException(
          "can't bootstrap "
              + reference.familiar()
              + ": the tag has to be a suite, like debian:bookworm-slim, debian:trixie or debian:bookworm-minbase");
    }
    String suite = SUITES.getOrDefault(tag.group(1), tag.group(1));
    String variant = tag.group(2) == null ? "" : tag.group(2);
    List<String> sources = sources(suite);
    progress.accept("making " + reference.familiar() + " from " + sources.getFirst());
    Path work = store.layers().newWorkArea();
    try (BlobWriter layer = store.blobs().write()) {
      new Tool("mmdebstrap", "mmdebstrap")
          .contained()
          .run(
              arguments(suite, variant, sources),
              Map.of("SOURCE_DATE_EPOCH", Long.toString(epoch), "TMPDIR", work.toString()),
              Path.of("/"),
              layer,
              progress,
              cancellation);
      Descriptor stored = layer.commit(MediaTypes.OCI_LAYER);
      try {
        return store.add(
            config(stored, suite),
            List.of(stored),
            Map.of(Image.MADE_LOCALLY, ("mmdebstrap " + suite + " " + variant).strip()),
            Optional.of(reference));
      } finally {
        store.blobs().unclaim(stored.digest());
      }
    } catch (IOException e) {
      throw new ImageException("making " + reference.familiar() + ": " + e.getMessage(), e);
    } finally {
      Trees.delete(work);
    }
  }

  private List<String> sources(String suite) {
    try {
      AptSources host = AptSources.read(etcApt);
      String main =
          mirror
              .or(host::main)
              .orElseThrow(
                  () ->
                      new ImageException(
                          "no Debian mirror is configured in "
                              + etcApt
                              + "; name one with --mirror URL"));
      List<String> lines = new ArrayList<>(List.of("deb " + main + " " + suite + " main"));
      boolean hasSecurity = !suite.equals("unstable") && !suite.equals("sid");
      if (hasSecurity) {
        host.security().ifPresent(uri -> lines.add("deb " + uri + " " + suite + "-security main"));
      }
      return lines;
    } catch (IOException e) {
      throw new ImageException("reading the apt sources in " + etcApt + ": " + e.getMessage(), e);
    }
  }

  /**
   * The measured recipe: no recommended packages, no perl on bookworm, no device nodes, no docs
   * when slim.
   */
  private static List<String> arguments(String suite, String variant, List<String> sources) {
    boolean slim = variant.equals("slim");
    List<String> packages = new ArrayList<>();
    if (!OLD.contains(suite)) {
      packages.add("usr-is-merged");
    }
    if (!variant.equals("essential")) {
      packages.add("ca-certificates");
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--skip=output/dev",
                "--variant=" + (variant.isEmpty() || slim ? "apt" : variant),
                "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
                "--aptopt=APT::Install-Recommends \"false\"",
                "--aptopt=Acquire::Languages \"none\"",
                "--customize-hook=mkdir -p \"$1\"/usr/share/man/man1 \"$1\"/usr/share/man/man5"
                    + " \"$1\"/usr/share/man/man7 \"$1\"/usr/share/man/man8",
                "--customize-hook=printf '#!/bin/sh\\nexit 101\\n' >\"$1\"/usr/sbin/policy-rc.d"
                    + " && chmod 755 \"$1\"/usr/sbin/policy-rc.d",
                "--customize-hook=rm -f \"$1\"/etc/resolv.conf \"$1\"/etc/hostname"));
    if (!packages.isEmpty()) {
      arguments.add("--include=" + String.join(",", packages));
    }
    if (slim) {
      SLIM_EXCLUDES.forEach(
          dir -> arguments.add("--dpkgopt=path-exclude=/usr/share/" + dir + "/*"));
      arguments.add("--dpkgopt=path-include=/usr/share/doc/*/copyright");
    }
    arguments.addAll(List.of("--", suite, "-"));
    arguments.addAll(sources);
    return arguments;
  }

  private ImageConfig config(Descriptor layer, String suite) {
    String created = Instant.ofEpochSecond(epoch).toString();
    return ImageConfig.empty(ImageConfig.hostArchitecture(), "linux").toBuilder()
        .created(created)
        .env("PATH", PATH_VARIABLE)
        .cmd(List.of("bash"))
        .layer(layer.digest())
        .history(
            new ImageConfig.History(created, "mmdebstrap " + suite, "", "made by jcompose", false))
        .build();
  }
}
