package io.jcompose.engine.compile;

import io.jcompose.container.Mount;
import io.jcompose.volume.Backing;
import io.jcompose.volume.Volume;

/** A volume as a container mounts it. */
public final class VolumeMounts {
  private VolumeMounts() {}

  /**
   * @param backing what lies behind {@code volume}
   * @param subpath relative path inside the volume; empty: all of it
   */
  public static Mount mount(
      Volume volume, Backing backing, String target, boolean readOnly, boolean nocopy, String subpath) {
    return switch (backing) {
      case Backing.Own own ->
          new Mount.Volume(volume.name(), own.path().toString(), target, readOnly, nocopy, subpath);
      case Backing.HostFolder host ->
          new Mount.Volume(
              volume.name(), host.path().toString(), target, readOnly || host.readOnly(), nocopy, subpath);
      case Backing.FileSystem fs ->
          new Mount.Volume(
              volume.name(), "", target, readOnly, nocopy, subpath,
              new Mount.FileSystem(fs.type(), fs.device(), fs.options()));
    };
  }
}
