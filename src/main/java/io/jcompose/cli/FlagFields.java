package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.FieldList;
import java.util.List;
import java.util.Locale;

/** Reads what {@code --mount} and {@code --network} of {@code container run} and {@code create} are given. */
final class FlagFields {
  private FlagFields() {}

  /** Its fields, their keys in lower case. */
  static List<FieldList.Field> of(String flag, String text) {
    try {
      return FieldList.fields(text).stream()
          .map(field -> new FieldList.Field(field.key().strip().toLowerCase(Locale.ROOT), field.value()))
          .toList();
    } catch (EngineException e) {
      throw wrong(flag, e.getMessage());
    }
  }

  static EngineException wrong(String flag, String what) {
    return new EngineException(flag + " " + what, CreateFlags.FAILED, null);
  }
}
