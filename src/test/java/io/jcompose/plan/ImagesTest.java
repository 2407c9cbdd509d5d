package io.jcompose.plan;

import static io.jcompose.plan.Shop.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.model.Build;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.ServiceBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which images are pulled and built before containers are planned. */
class ImagesTest {

  private static String plan(ServiceBuilder service, boolean there, ImageOptions options) {
    Shop shop = Shop.of(service);
    String name = Names.image(shop.project(), shop.project().services().get("web"));
    Map<String, ObservedImage> images =
        there
            ? Map.of(name, new ObservedImage("sha256:1", Instant.EPOCH))
            : Map.of();
    Observed observed =
        new Observed(
            "shop",
            Instant.EPOCH.plus(Duration.ofHours(30)),
            List.of(),
            List.of(),
            List.of(),
            images);
    return Planner.images(shop.project(), observed, options).toString().strip();
  }

  private static ImageOptions options(ImageOptions.Build build, String pull) {
    return new ImageOptions(
        Set.of(), true, build, Optional.of(pull).filter(p -> !p.isEmpty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "image | -      | no  | MISSING |        | 1. pull image web:1: it is not in the store",
        "image | -      | yes | MISSING |        | ''",
        "image | always | yes | MISSING |        | 1. pull image web:1: its pull policy is always",
        "image | -      | yes | MISSING | always | 1. pull image web:1: its pull policy is always",
        "image | never  | yes | MISSING |        | ''",
        "image | daily  | yes | MISSING |        | 1. pull image web:1: it is older than its pull policy allows: daily",
        "image | weekly | yes | MISSING |        | ''",
        "image | every_29h | yes | MISSING |     | 1. pull image web:1: it is older than its pull policy allows: every_29h",
        "image | every_1d12h | yes | MISSING |   | ''",
        "build | -      | no  | MISSING |        | 1. build image shop-web: it is not in the store",
        "build | -      | yes | MISSING |        | ''",
        "build | -      | yes | ALWAYS  |        | 1. build image shop-web: it was asked for",
        "build | build  | yes | MISSING |        | 1. build image shop-web: its pull policy is build",
        "build | never  | no  | MISSING |        | 1. build image shop-web: it is not in the store",
        "build | always | yes | MISSING |        | ''",
        "both  | -      | no  | MISSING |        | 1. pull or build image web:1: it is not in the store",
        "both  | build  | no  | MISSING |        | 1. build image web:1: its pull policy is build",
        "both  | never  | no  | MISSING |        | 1. build image web:1: it is not in the store",
        "both  | -      | yes | ALWAYS  |        | 1. build image web:1: it was asked for",
        "both  | -      | no  | NEVER   |        | 1. pull image web:1: it is not in the store",
      })
  void rules(
      String from, String policy, String there, ImageOptions.Build build, String pull, String plan) {
    ServiceBuilder service = from.equals("build") ? Service.builder("web") : service("web");
    if (!from.equals("image")) {
      service.build(Build.in("/shop"));
    }
    if (policy != null) {
      service.pullPolicy(policy);
    }
    assertThat(
            plan(service, there.equals("yes"), options(build, pull == null ? "" : pull)))
        .isEqualTo(plan);
  }

  @Test
  void whatCanBeNeitherPulledNorBuiltIsRefused() {
    assertThatThrownBy(
            () -> plan(service("web").pullPolicy("never"), false, ImageOptions.DEFAULT))
        .isInstanceOf(PlanException.class)
        .hasMessage(
            "services.web: image web:1 is not in the store and is not to be pulled; load or"
                + " bootstrap it, or change pull_policy");
    assertThatThrownBy(
            () ->
                plan(
                    Service.builder("web").build(Build.in("/shop")),
                    false,
                    options(ImageOptions.Build.NEVER, "")))
        .hasMessage(
            "services.web: image shop-web is not in the store and is not to be built; leave"
                + " --no-build out");
    assertThatThrownBy(
            () -> plan(service("web").pullPolicy("sometimes"), false, ImageOptions.DEFAULT))
        .hasMessageStartingWith("services.web.pull_policy: \"sometimes\" is none of always");
  }

  @Test
  void oneStepServesAllServicesOfAnImage() {
    Shop shop = Shop.of(service("web"), Service.builder("api").image("web:1"));
    assertThat(
            Planner.images(
                shop.project(), Observed.nothing("shop"), ImageOptions.DEFAULT))
        .hasToString("1. pull image web:1: it is not in the store\n");
  }

  @Test
  void imageThatAnotherServiceBuildsIsNotExpectedFromARegistry() {
    Shop shop =
        Shop.of(
            Service.builder("app").image("web:1"),
            Service.builder("web").image("web:1").build(Build.in("/shop")).pullPolicy("build"));
    assertThat(
            Planner.images(
                shop.project(), Observed.nothing("shop"), ImageOptions.DEFAULT))
        .hasToString("1. build image web:1: its pull policy is build\n");
  }
}
