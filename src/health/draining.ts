import { Injectable } from '@nestjs/common';

/** Set when the process is told to stop: load balancers look at /readyz and send nothing new. */
@Injectable()
export class Draining {
  private hasStarted = false;

  get isDraining(): boolean {
    return this.hasStarted;
  }

  start(): void {
    this.hasStarted = true;
  }
}
