package io.jcompose.engine;

import io.jcompose.build.BuildException;
import io.jcompose.build.RemoteFiles;
import io.jcompose.image.registry.RegistryConfig;
import io.jcompose.image.registry.RegistryException;
import io.jcompose.image.registry.RegistrySettings;
import io.jcompose.image.registry.WebFiles;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Fetches for a build over HTTP, with the proxies and certificates of the caller. */
final class BuildRemotes implements RemoteFiles, AutoCloseable {
  private final Map<String, String> environment;
  private Optional<WebFiles> files = Optional.empty();

  /** {@code environment} is the caller's. */
  BuildRemotes(Map<String, String> environment) {
    this.environment = environment;
  }

  private synchronized WebFiles files() {
    if (files.isEmpty()) {
      Path home = Path.of(environment.getOrDefault("HOME", "/root"));
      files = Optional.of(new WebFiles(RegistrySettings.of(environment, home, RegistryConfig.none())));
    }
    return files.get();
  }

  @Override
  public Answer get(String url, Optional<String> etag, Optional<String> lastModified) {
    try {
      WebFiles.WebFile file = files().get(url, etag, lastModified);
      return new Answer(
          file.body().isEmpty(),
          file.body().orElseGet(InputStream::nullInputStream),
          file.length(),
          file.etag(),
          file.lastModified());
    } catch (RegistryException e) {
      throw new BuildException(e.getMessage(), e);
    }
  }

  @Override
  public Map<String, String> environment() {
    return environment;
  }

  @Override
  public synchronized void close() {
    files.ifPresent(WebFiles::close);
  }
}
