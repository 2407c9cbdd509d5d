package io.jcompose.cli;

import io.jcompose.engine.CancelledException;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.Output;
import java.util.concurrent.Callable;

/** Gives failures that have no exit code of their own the one that Docker's tools have for them. */
final class Failing {
  private Failing() {}

  static int with(int code, Callable<Integer> work) {
    try {
      return work.call();
    } catch (CancelledException | Output.ClosedException e) {
      throw e;
    } catch (EngineException e) {
      throw e.exitCode() == 1 && code != 1 ? new EngineException(e.getMessage(), code, e) : e;
    } catch (RuntimeException e) {
      boolean told = e.getClass().getName().startsWith("io.jcompose.");
      throw told ? new EngineException(e.getMessage(), code, e) : e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
