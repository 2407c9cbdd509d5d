package io.jcompose.plan;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Dependency.Condition;
import io.jcompose.compose.model.Healthcheck;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Port;
import io.jcompose.compose.model.PortRange;
import io.jcompose.compose.model.ServiceBuilder;
import io.jcompose.compose.model.Storage;
import io.jcompose.compose.model.VolumeSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A project of up to six services that use all that bears on a plan, drawn from one seed. */
final class RandomShop {
  private static final List<String> NAMES = List.of("cache", "db", "api", "web", "job", "tls");
  private static final List<String> NETWORKS = List.of("default", "front", "back");

  private RandomShop() {}

  static Shop of(long seed) {
    Random random = new Random(seed);
    Shop shop = new Shop();
    for (String network : NETWORKS) {
      shop.network(network(random, network));
    }
    for (String volume : List.of("data", "logs")) {
      shop.volume(volume(random, volume));
    }
    List<String> earlier = new ArrayList<>();
    List<Integer> places = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
    Collections.shuffle(places, random);
    for (String name : NAMES) {
      int place = places.removeLast();
      if (random.nextInt(5) > 0) {
        shop.service(service(random, name, place, earlier));
        earlier.add(name);
      }
    }
    return shop;
  }

  /** As many as there can be replicas. */
  private static Port ports(int first) {
    return new Port(
        80,
        Optional.of(new PortRange(first, first + 2)),
        Optional.empty(),
        "tcp",
        "ingress",
        Optional.empty(),
        Optional.empty());
  }

  private static NetworkSpec network(Random random, String key) {
    NetworkSpec plain =
        NetworkSpec.of(key, random.nextInt(8) == 0 ? "shop_new_" + key : "shop_" + key);
    return new NetworkSpec(
        plain.key(),
        plain.name(),
        false,
        plain.driver(),
        plain.driverOptions(),
        random.nextInt(4) == 0,
        false,
        plain.enableIpv4(),
        plain.enableIpv6(),
        plain.ipam(),
        plain.labels(),
        plain.fingerprint());
  }

  private static VolumeSpec volume(Random random, String key) {
    return new VolumeSpec(
        key,
        random.nextInt(8) == 0 ? "shop_new_" + key : "shop_" + key,
        false,
        Optional.empty(),
        random.nextInt(4) == 0 ? Map.of("type", "tmpfs") : Map.of(),
        Map.of(),
        io.jcompose.compose.model.Fingerprint.NONE);
  }

  /**
   * @param place which name and which ports it may have; no two services have the same
   */
  private static ServiceBuilder service(
      Random random, String name, int place, List<String> earlier) {
    ServiceBuilder service = Shop.service(name);
    if (random.nextInt(3) == 0) {
      service.process(Shop.environment(Map.of("LEVEL", "" + random.nextInt(2))));
    }
    if (random.nextInt(3) == 0) {
      service.healthcheck(Healthcheck.of("CMD", "true"));
    }
    int replicas = List.of(1, 1, 1, 2, 3, 0).get(random.nextInt(6));
    service.replicas(replicas);
    if (replicas == 1 && random.nextInt(3) == 0) {
      service.containerName("name" + place);
    }
    boolean shares = !earlier.isEmpty() && random.nextInt(4) == 0;
    if (shares) {
      String owner = earlier.get(random.nextInt(earlier.size()));
      service.networking(Shop.mode("service:" + owner));
      service.dependsOn(new Dependency(owner, Condition.STARTED, true, true));
    } else {
      List<String> networks =
          NETWORKS.stream().filter(_ -> random.nextInt(3) == 0).toList();
      service.networking(
          Shop.on((networks.isEmpty() ? List.of("default") : networks).toArray(String[]::new))
              .withPorts(random.nextInt(3) > 0 ? List.of() : List.of(ports(8000 + 10 * place))));
    }
    for (String other : earlier) {
      boolean owner = shares && service.build().networking().mode().equals(
          Optional.of("service:" + other));
      if (!owner && random.nextInt(3) == 0) {
        service.dependsOn(
            new Dependency(
                other,
                Condition.values()[random.nextInt(3)],
                random.nextBoolean(),
                random.nextInt(4) > 0));
      }
    }
    List<Mount> mounts = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      mounts.add(UpTest.mount(random.nextBoolean() ? "data" : "logs", "/data"));
    }
    if (random.nextInt(3) == 0) {
      mounts.add(
          new Mount.Volume(
              Optional.empty(), "/scratch", false, false, Optional.empty(), Map.of()));
    }
    return service.storage(Storage.of(mounts.toArray(Mount[]::new)));
  }
}
