package io.jcompose.image.registry;

import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** An image made in memory: each layer one file, and a size that is asked for. */
final class TestImage {
  final Map<Digest, byte[]> blobs = new LinkedHashMap<>();
  final List<Descriptor> layers = new ArrayList<>();
  Descriptor config;
  Descriptor manifest;

  /** Layers of about so many bytes, which don't compress. */
  static TestImage of(String architecture, int... layerBytes) {
    TestImage image = new TestImage();
    List<String> diffIds = new ArrayList<>();
    for (int i = 0; i < layerBytes.length; i++) {
      byte[] content = new byte[layerBytes[i]];
      new Random(i + 31L * architecture.hashCode()).nextBytes(content);
      byte[] tar = tar("file" + i, content);
      diffIds.add("\"" + Digest.of(tar) + "\"");
      image.layers.add(image.put(gzip(tar), MediaTypes.OCI_LAYER_GZIP));
    }
    image.config(architecture, diffIds);
    image.manifest();
    return image;
  }

  private void config(String architecture, List<String> diffIds) {
    String json =
        """
        {"architecture":"%s","os":"linux","config":{"Cmd":["/file0"]},
         "rootfs":{"type":"layers","diff_ids":%s}}"""
            .formatted(architecture, diffIds);
    config = put(json.getBytes(StandardCharsets.UTF_8), MediaTypes.OCI_CONFIG);
  }

  void manifest() {
    String json =
        """
        {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":%s}"""
            .formatted(
                MediaTypes.OCI_MANIFEST,
                json(config),
                layers.stream().map(TestImage::json).toList());
    manifest = put(json.getBytes(StandardCharsets.UTF_8), MediaTypes.OCI_MANIFEST);
  }

  Descriptor put(byte[] content, String mediaType) {
    Digest digest = Digest.of(content);
    blobs.put(digest, content);
    return new Descriptor(mediaType, digest, content.length);
  }

  static String json(Descriptor descriptor) {
    return """
        {"mediaType":"%s","digest":"%s","size":%d}"""
        .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size());
  }

  static String json(Descriptor descriptor, String extra) {
    String plain = json(descriptor);
    return plain.substring(0, plain.length() - 1) + "," + extra + "}";
  }

  /** An OCI layout that skopeo reads; {@code top} is what the tag points to. */
  void writeLayout(Path folder, String tag, Descriptor top) throws IOException {
    Path sha = Files.createDirectories(folder.resolve("blobs/sha256"));
    for (var blob : blobs.entrySet()) {
      Files.write(sha.resolve(blob.getKey().hex()), blob.getValue());
    }
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        folder.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":["
            + json(top, "\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + tag + "\"}")
            + "]}");
  }

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A ustar archive (POSIX.1-1988) of one file. */
  static byte[] tar(String name, byte[] content) {
    byte[] archive = new byte[512 + (content.length + 511) / 512 * 512 + 1024];
    put(archive, 0, name);
    put(archive, 100, "0000644\0");
    put(archive, 108, "0000000\0");
    put(archive, 116, "0000000\0");
    put(archive, 124, "%011o\0".formatted(content.length));
    put(archive, 136, "00000000000\0");
    put(archive, 148, "        ");
    put(archive, 156, "0");
    put(archive, 257, "ustar\00000");
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += archive[i] & 0xff;
    }
    put(archive, 148, "%06o\0 ".formatted(sum));
    System.arraycopy(content, 0, archive, 512, content.length);
    return archive;
  }

  private static void put(byte[] archive, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, archive, at, bytes.length);
  }
}
