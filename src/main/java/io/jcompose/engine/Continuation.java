package io.jcompose.engine;

import java.util.Map;

/**
 * How a command outlives its engine: what the client shows comes with a note of how far that is, and when this engine
 * dies or makes way, the client gives the notes to the next one. client.md, "Going on", has the rules.
 */
public interface Continuation {
  /** What a command that no other engine can go on with has: what is shown is shown, and nothing is kept. */
  static Continuation none(Output out, Output err) {
    return new NoContinuation(out, err);
  }

  /** What was kept, by key, when the engine before this one ended; empty when the command begins here. */
  Map<Integer, String> kept();

  /**
   * From now on the next engine may go on with this command; without anything kept it begins anew. All that is written
   * to the command's outputs from now on is shown by the client, in order.
   *
   * @param leave the exit code with which the client leaves by itself when a signal asks for an end; 0: the engine is
   *     told, or the next one when there is none
   * @param onlyFollows whether the command changes nothing, so that an engine may make way in the middle of it
   */
  void begin(int leave, boolean onlyFollows);

  /**
   * Shows bytes and keeps a part: both happen, or neither. Of more than 32 KiB only the last can be shown so.
   *
   * @param descriptor 1 or 2; 0 when there is nothing to be shown
   * @param key which part is replaced
   * @param part at most 16 KiB; empty: it is forgotten
   */
  void show(int descriptor, byte[] bytes, int length, int key, String part);
}
