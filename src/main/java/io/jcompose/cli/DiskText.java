package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.cli.render.Table;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.DiskUsage;
import java.util.List;

/** Everything that takes room, as {@code system df -v} shows it. */
final class DiskText {
  private DiskText() {}

  static String all(DiskUsage disk) {
    long now = System.currentTimeMillis();
    Table images =
        new Table("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS");
    for (DiskUsage.ImageUse use : disk.images()) {
      images.row(
          use.image().repository(),
          use.image().tag(),
          use.image().shortId(),
          use.image().createdMillis() == 0 ? "N/A" : ContainerText.ago(now - use.image().createdMillis()),
          ContainerText.size(use.shared() + use.unique()),
          ContainerText.size(use.shared()),
          ContainerText.size(use.unique()),
          Integer.toString(use.containers()));
    }
    Table containers =
        new Table("CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES");
    for (DiskUsage.ContainerUse use : disk.containers()) {
      ContainerView c = use.container();
      containers.row(
          c.id().substring(0, 12),
          c.image(),
          ContainerText.command(c, false),
          Integer.toString(use.volumes()),
          ContainerText.size(use.size()),
          ContainerText.ago(now - c.created()),
          ContainerText.status(c, now),
          c.name());
    }
    Table volumes = new Table("VOLUME NAME", "LINKS", "SIZE");
    disk.volumes()
        .forEach(use -> volumes.row(use.name(), Integer.toString(use.links()), ContainerText.size(use.size())));
    List<DiskUsage.CacheUse> cache = disk.cache();
    long own = CacheText.size(cache.stream().filter(use -> !use.shared()).toList());
    return "Images space usage:\n\n" + images
        + "\nContainers space usage:\n\n" + containers
        + "\nLocal Volumes space usage:\n\n" + volumes
        + "\nBuild cache usage: " + ContainerText.size(own) + "\n\n" + CacheText.ofDisk(cache, now);
  }

  static ObjectNode json(DiskUsage disk) {
    ObjectNode root = ListFormat.row();
    ArrayNode images = root.putArray("Images");
    for (DiskUsage.ImageUse use : disk.images()) {
      images
          .addObject()
          .put("Containers", Integer.toString(use.containers()))
          .put("ID", use.image().id())
          .put("Repository", use.image().repository())
          .put("SharedSize", ContainerText.size(use.shared()))
          .put("Size", ContainerText.size(use.shared() + use.unique()))
          .put("Tag", use.image().tag())
          .put("UniqueSize", ContainerText.size(use.unique()));
    }
    ArrayNode containers = root.putArray("Containers");
    for (DiskUsage.ContainerUse use : disk.containers()) {
      containers
          .addObject()
          .put("ID", use.container().id().substring(0, 12))
          .put("Image", use.container().image())
          .put("LocalVolumes", Integer.toString(use.volumes()))
          .put("Names", use.container().name())
          .put("Size", ContainerText.size(use.size()))
          .put("State", use.container().state().word());
    }
    ArrayNode volumes = root.putArray("Volumes");
    for (DiskUsage.VolumeUse use : disk.volumes()) {
      volumes
          .addObject()
          .put("Driver", "local")
          .put("Links", Integer.toString(use.links()))
          .put("Name", use.name())
          .put("Size", ContainerText.size(use.size()));
    }
    List<DiskUsage.CacheUse> cache = disk.cache();
    ArrayNode kept = root.putArray("BuildCache");
    cache.forEach(use -> kept.add(CacheText.json(use, System.currentTimeMillis())));
    root.put("BuildCacheSize", ContainerText.size(CacheText.size(cache.stream().filter(use -> !use.shared()).toList())));
    return root;
  }
}
