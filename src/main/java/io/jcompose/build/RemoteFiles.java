package io.jcompose.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Fetches what ADD and remote contexts name by a URL. The engine fills this in. */
public interface RemoteFiles {
  /** Fetches nothing. */
  RemoteFiles NONE =
      new RemoteFiles() {
        @Override
        public Answer get(String url, Optional<String> etag, Optional<String> lastModified) {
          throw new BuildException("nothing can be fetched here: " + url);
        }

        @Override
        public Map<String, String> environment() {
          return Map.of();
        }
      };

  /**
   * An answer; closing it closes the body.
   *
   * @param unchanged whether what the caller has is still good: then there is no body
   * @param length as announced
   */
  record Answer(
      boolean unchanged,
      InputStream body,
      OptionalLong length,
      Optional<String> etag,
      Optional<String> lastModified)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  /**
   * Gets {@code url} (http or https), redirects followed.
   *
   * @param etag what the caller already has, to be told when that is still good
   * @throws BuildException with a message for the user when there is no such thing
   */
  Answer get(String url, Optional<String> etag, Optional<String> lastModified);

  /** Variables of the caller that git may need: proxies, an SSH agent, its home. */
  Map<String, String> environment();

}
