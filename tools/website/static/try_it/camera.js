// The camera: its picture is shown in a video element, and goes nowhere else.

export class Camera {
  constructor(video) {
    this.video = video;
    this.stream = null;
  }

  get isOpen() {
    return this.stream !== null;
  }

  /** Ask for the camera and show its picture. onEnd: called if it ends by itself, as when it is unplugged. */
  async open(onEnd) {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" }, audio: false });
    this.stream = stream;
    for (const track of stream.getTracks()) track.addEventListener("ended", onEnd);
    this.video.srcObject = stream;
    await this.video.play();
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
    this.stream = null;
  }

  /** Return the present frame. */
  takePicture() {
    return createImageBitmap(this.video);
  }
}
