import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.net.InetSocketAddress;
import java.util.List;

/** A server that speaks MongoDB's wire protocol and keeps its data in one file. */
public final class MongoStandin {
  private static final int PORT = 27017;
  private static final int COMMIT_MILLIS = 50;

  /** Drivers of today refuse what calls itself older than this. */
  private static final class WireVersion implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
      return List.of(4, 4, 0);
    }

    @Override
    public int getWireVersion() {
      return 9;
    }
  }

  public static void main(String[] arguments) {
    H2Backend backend = new H2Backend(arguments[0]);
    backend.version(new WireVersion());
    backend.getMvStore().setAutoCommitDelay(COMMIT_MILLIS);
    MongoServer server = new MongoServer(backend);
    server.bind(new InetSocketAddress("0.0.0.0", PORT));
    System.out.println("listening on port " + PORT + ", data in " + arguments[0]);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.stopListening();
                  backend.commit();
                  backend.close();
                  Runtime.getRuntime().halt(0);
                }));
  }
}
