package io.jcompose.container;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** {@link ContainerSpec} as JSON. A reader ignores fields that a newer version has added. */
public final class SpecJson {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .registerModule(pathsAsText())
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private SpecJson() {}

  /** Paths as they are written, instead of jackson's URIs; for other mappers that embed a spec. */
  public static SimpleModule pathsAsText() {
    SimpleModule module = new SimpleModule("paths");
    module.addSerializer(Path.class, ToStringSerializer.instance);
    module.addDeserializer(Path.class, new PathFromText());
    return module;
  }

  private static final class PathFromText extends FromStringDeserializer<Path> {
    PathFromText() {
      super(Path.class);
    }

    @Override
    protected Path _deserialize(
        String value, com.fasterxml.jackson.databind.DeserializationContext context) {
      return Path.of(value);
    }

    @Override
    protected Path _deserializeFromEmptyString(
        com.fasterxml.jackson.databind.DeserializationContext context) {
      return Path.of("");
    }
  }

  public static byte[] write(ContainerSpec spec) {
    try {
      return MAPPER.writeValueAsBytes(spec);
    } catch (JacksonException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Throws IOException with jackson's position when {@code json} is not a spec. */
  public static ContainerSpec read(byte[] json) throws IOException {
    return MAPPER.readValue(json, ContainerSpec.class);
  }
}
