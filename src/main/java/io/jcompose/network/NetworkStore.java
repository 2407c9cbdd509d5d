package io.jcompose.network;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;
import io.jcompose.fault.Fault;
import io.jcompose.network.firewall.Family;
import io.jcompose.network.ipam.Cidr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The folder {@code networks/}: one file {@code <id>.json} for each network, replaced as a whole.
 */
final class NetworkStore {
  private static final System.Logger LOG = System.getLogger(NetworkStore.class.getName());
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

  /** All records; one that can't be read is set aside, with a warning that names it. */
  List<NetworkRecord> load() {
    List<NetworkRecord> records = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
      for (Path file : files) {
        try {
          records.add(JSON.readValue(file.toFile(), NetworkRecord.class));
        } catch (JsonProcessingException | NetworkException e) {
          Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
          Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
          LOG.log(System.Logger.Level.WARNING, "network file set aside as " + aside, e);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return records;
  }

  void save(NetworkRecord record) {
    Path file = file(record.network().id());
    Path temporary = file.resolveSibling("." + file.getFileName() + ".new");
    try {
      Files.write(temporary, JSON.writeValueAsBytes(record));
      Fault.point("net.state.written");
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
          Fault.point("net.state.renamed");
    } catch (IOException e) {
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
    try {
      Files.deleteIfExists(file(id));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String id) {
    return directory.resolve(id + ".json");
  }
}
