package io.jcompose.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code GET /v2/NAME/tags/list}, one page of it (distribution specification, "Listing Tags"). */
record TagList(String repository, Optional<URI> address) implements RegistryCall<TagList.Page> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;[^,]*\\brel=\"?next\"?");
  private static final int LARGEST = 4 << 20;

  /** Tags, and where the next page is. */
  record Page(List<String> tags, Optional<URI> next) {}

  @Override
  public String path() {
    return repository + "/tags/list?n=1000";
  }

  @Override
  public Map<String, String> headers() {
    return Map.of();
  }

  @Override
  public String scope() {
    return "repository:" + repository + ":pull";
  }

  @Override
  public Page receive(Response response) throws IOException {
    byte[] body = response.bodyUpTo(LARGEST);
    if (body.length > LARGEST) {
      throw new RegistryException(
          RegistryException.Reason.INVALID_CONTENT, "the list of tags of " + repository + " is larger than 4 MiB");
    }
    JsonNode json = JSON.readTree(body);
    List<String> tags = new ArrayList<>();
    json.path("tags").forEach(tag -> tags.add(tag.asText()));
    Matcher next = NEXT.matcher(response.header("Link").orElse(""));
    try {
      return new Page(tags, next.find() ? Optional.of(response.uri().resolve(next.group(1))) : Optional.empty());
    } catch (IllegalArgumentException e) {
      throw new IOException("the registry's address for more tags is none", e);
    }
  }
}
