package io.jcompose.network;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;
import io.jcompose.linux.SafeFile;
import io.jcompose.network.firewall.Family;
import io.jcompose.network.ipam.Cidr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The folder {@code networks/}: one file {@code <id>.json} for each network, replaced as a whole.
 */
final class NetworkStore {
  private static final ObjectMapper JSON = JsonMapper.builder().addModule(addresses()).build();
  private static final String FORWARDING = "forwarding.";
  private final Path directory;

  NetworkStore(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An address is written as its literal, never with a host name. */
  private static SimpleModule addresses() {
    return new SimpleModule()
        .addSerializer(
            InetAddress.class,
            new ToStringSerializerBase(InetAddress.class) {
              @Override
              public String valueToString(Object value) {
                return ((InetAddress) value).getHostAddress();
              }
            })
        .addDeserializer(
            InetAddress.class,
            new StdDeserializer<InetAddress>(InetAddress.class) {
              @Override
              public InetAddress deserialize(JsonParser parser, DeserializationContext context)
                  throws IOException {
                return Cidr.parseAddress(parser.getValueAsString());
              }
            });
  }

  /** All records that can be read. */
  List<NetworkRecord> load() {
    SafeFile.tidy(directory);
    List<NetworkRecord> records = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[!.]*.json")) {
      for (Path file : files) {
        SafeFile.read(file, content -> parse(file, content)).ifPresent(records::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return records;
  }

  private NetworkRecord parse(Path file, byte[] content) throws IOException {
    NetworkRecord record = JSON.readValue(content, NetworkRecord.class);
    if (!file(record.network().id()).equals(file)) {
      throw new IOException("it is about another network");
    }
    return record;
  }

  void save(NetworkRecord record) {
    Path file = file(record.network().id());
    try {
      SafeFile.replace(file, JSON.writeValueAsBytes(record), false);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Notes that in the boot {@code bootId} it was we who switched on forwarding. */
  void rememberForwarding(Family family, String bootId) {
    try {
      Files.writeString(directory.resolve(FORWARDING + family), bootId);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether {@link #rememberForwarding} was called in this boot. */
  boolean switchedOnForwarding(Family family, String bootId) {
    try {
      Path file = directory.resolve(FORWARDING + family);
      return Files.exists(file) && Files.readString(file).equals(bootId);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String id) {
    SafeFile.delete(file(id));
  }

  private Path file(String id) {
    return directory.resolve(id + ".json");
  }
}
