package io.jcompose.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Docker's default profile in the form that runc takes: for amd64, and for one set of capabilities. */
final class OciSeccomp {
  private static final Path PROFILE =
      Path.of("src/main/resources/io/jcompose/container/security/seccomp-default.json");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private OciSeccomp() {}

  static ObjectNode of(Set<String> capabilities) throws IOException {
    JsonNode profile = MAPPER.readTree(Files.readString(PROFILE));
    ObjectNode seccomp = MAPPER.createObjectNode();
    seccomp.set("defaultAction", profile.get("defaultAction"));
    seccomp.set("defaultErrnoRet", profile.get("defaultErrnoRet"));
    seccomp.putArray("architectures").add("SCMP_ARCH_X86_64").add("SCMP_ARCH_X86").add("SCMP_ARCH_X32");
    ArrayNode rules = seccomp.putArray("syscalls");
    for (JsonNode rule : profile.get("syscalls")) {
      if (applies(rule, capabilities)) {
        ObjectNode taken = rules.addObject();
        for (String key : new String[] {"names", "action", "errnoRet", "args"}) {
          if (rule.has(key)) {
            taken.set(key, rule.get(key));
          }
        }
      }
    }
    return seccomp;
  }

  /** Every kernel that this runs on is newer than the oldest one that a rule asks for. */
  private static boolean applies(JsonNode rule, Set<String> capabilities) {
    JsonNode includes = rule.path("includes");
    JsonNode excludes = rule.path("excludes");
    for (JsonNode capability : includes.path("caps")) {
      if (!capabilities.contains(capability.asText())) {
        return false;
      }
    }
    for (JsonNode capability : excludes.path("caps")) {
      if (capabilities.contains(capability.asText())) {
        return false;
      }
    }
    return (!includes.has("arches") || names(includes.get("arches"), "amd64")) && !names(excludes.path("arches"), "amd64");
  }

  private static boolean names(JsonNode list, String name) {
    for (JsonNode entry : list) {
      if (entry.asText().equals(name)) {
        return true;
      }
    }
    return false;
  }
}
