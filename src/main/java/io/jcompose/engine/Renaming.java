package io.jcompose.engine;

import io.jcompose.container.ContainerSpec;
import io.jcompose.engine.state.Attachment;
import io.jcompose.engine.state.ContainerRecord;
import java.util.List;

/** A container's record under another name: the old name is no alias any more. */
final class Renaming {
  private Renaming() {}

  static ContainerRecord to(ContainerRecord record, String name) {
    String old = record.name();
    ContainerSpec s = record.spec();
    ContainerSpec spec =
        new ContainerSpec(
            s.id(), name, s.root(), s.process(), s.isolation(), s.confinement(), s.mounts(), s.devices(),
            s.shmSize(), s.sysctls(), s.limits(), s.stop(), s.log(), s.labels(), s.annotations());
    List<Attachment> attachments =
        record.attachments().stream()
            .map(
                a ->
                    a.withAliases(
                        a.aliases().stream().map(alias -> alias.equals(old) ? name : alias).distinct().toList()))
            .toList();
    return record.withSpec(spec).withAttachments(attachments);
  }
}
