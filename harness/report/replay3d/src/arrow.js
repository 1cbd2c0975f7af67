// The wind where the stage is, as an arrow in the corner of the picture that lies level in the scene.

import { ConeGeometry, CylinderGeometry, Group, Mesh, MeshBasicMaterial, Vector3 } from "three";

const STRONG_MPS = 30; // the arrow is longest

export class WindArrow {
  constructor() {
    const material = (this.material = new MeshBasicMaterial({ depthTest: false, fog: false, transparent: true, opacity: 0.9 }));
    this.group = new Group();
    this.shaft = new Mesh(new CylinderGeometry(0.035, 0.035, 1, 8).rotateZ(-Math.PI / 2), material);
    this.head = new Mesh(new ConeGeometry(0.12, 0.32, 12).rotateZ(-Math.PI / 2), material);
    for (const part of [this.shaft, this.head]) { part.renderOrder = 9; part.frustumCulled = false; this.group.add(part); }
    this.corner = new Vector3();
  }

  show([east, north], camera) {
    const speed = Math.hypot(east, north), length = 0.25 + (0.95 * Math.min(speed, STRONG_MPS)) / STRONG_MPS;
    this.group.visible = speed > 0.2;
    this.group.rotation.z = Math.atan2(north, east);
    this.shaft.scale.x = length;
    this.head.position.x = length / 2 + 0.1;
    const distance = 3 * camera.near, half = distance * Math.tan((camera.fov * Math.PI) / 360);
    this.corner.set(0.86 * half * camera.aspect, 0.8 * half, -distance).applyMatrix4(camera.matrixWorld);
    this.group.position.copy(this.corner);
    this.group.scale.setScalar(0.22 * half);
  }
}
