/**
 * The court on the page: a Phaser game with one scene that paints display lists.
 *
 * Phaser's canvas renderer is chosen on purpose: a game of a few dozen shapes costs it little, and unlike
 * WebGL it works the same on machines without a graphics processor. Phaser is imported by `stage_loader.ts`
 * when a court is first needed, so that the lobby does not wait for it.
 */

import Phaser from "phaser";
import type { DisplayList } from "./display_list";
import type { Fit } from "./fit";
import { Painter } from "./painter";
import type { Sheets } from "./sheets";

export interface Stage {
  /** Set the size of the canvas. */
  resize(fit: Fit): void;
  /** Draw on every animation frame, or rest while nobody looks. */
  setDrawing(isWanted: boolean): void;
}

/**
 * Put a court into `parent`.
 *
 * @param sheets The pictures that sprites are cut out of.
 * @param picture Called once per animation frame with its time in ms; returns what to draw, null for nothing.
 */
export function createStage(
  parent: HTMLElement,
  sheets: Sheets,
  picture: (timeMs: number) => DisplayList | null,
): Stage {
  let scale = 1;
  let isDrawing = false;

  class CourtScene extends Phaser.Scene {
    private painter: Painter | null = null;

    create(): void {
      this.painter = new Painter(this, sheets);
    }

    override update(timeMs: number): void {
      // Phaser begins to draw by itself when it is ready, whatever was asked for before.
      if (!isDrawing) {
        game.loop.sleep();
        return;
      }
      const list = picture(timeMs);
      if (list !== null) this.painter?.paint(list, scale);
    }
  }

  const game = new Phaser.Game({
    type: Phaser.CANVAS,
    parent,
    width: 8,
    height: 6,
    scale: { mode: Phaser.Scale.NONE, expandParent: false },
    scene: CourtScene,
    banner: false,
    autoFocus: false,
    audio: { noAudio: true },
    input: { keyboard: false, mouse: false, touch: false, gamepad: false, windowEvents: false },
    fps: { smoothStep: false },
  });

  return {
    resize(fit) {
      scale = fit.scale;
      game.scale.zoom = fit.width / fit.canvasWidth;
      game.scale.resize(fit.canvasWidth, fit.canvasHeight);
      // Phaser leaves the style alone when the zoom is 1, although an earlier one may have set it.
      game.canvas.style.width = `${fit.width}px`;
      game.canvas.style.height = `${fit.height}px`;
    },
    setDrawing(isWanted) {
      isDrawing = isWanted;
      if (isDrawing) game.loop.wake();
      else game.loop.sleep();
    },
  };
}
