package io.jcompose.engine;

import io.jcompose.plan.Plan;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code up} would do: first the images, then all the rest.
 *
 * @param images builds and pulls
 * @param containers networks, volumes and containers
 */
public record UpPlan(Plan images, Plan containers) {

  /** Whether nothing would change. */
  public boolean isEmpty() {
    return images.isEmpty() && containers.isEmpty();
  }

  /** Both plans as maps, lists, strings and numbers, for whoever writes them as JSON. */
  public Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("changes", !isEmpty());
    data.put("images", images.data());
    data.put("containers", containers.data());
    return data;
  }

  /** As a person reads it. */
  @Override
  public String toString() {
    if (isEmpty()) {
      return containers.summary();
    }
    return images.isEmpty() ? containers.toString() : images + "then\n" + containers;
  }
}
