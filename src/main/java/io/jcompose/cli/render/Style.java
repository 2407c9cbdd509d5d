package io.jcompose.cli.render;

/** Colours and weights of text, or none of them. */
public record Style(boolean colours) {
  private static final int[] SERVICE_COLOURS = {36, 33, 32, 35, 34, 96, 93, 92, 95, 94};

  public String bold(String text) {
    return sgr("1", text);
  }

  public String dim(String text) {
    return sgr("2", text);
  }

  public String red(String text) {
    return sgr("31", text);
  }

  public String green(String text) {
    return sgr("32", text);
  }

  public String yellow(String text) {
    return sgr("33", text);
  }

  public String blue(String text) {
    return sgr("34", text);
  }

  /** The n-th of the colours that tell services apart. */
  public String service(int index, String text) {
    return sgr(String.valueOf(SERVICE_COLOURS[Math.floorMod(index, SERVICE_COLOURS.length)]), text);
  }

  private String sgr(String code, String text) {
    return colours ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
