export { RecordingModule } from './recording.module.js';
export { DeleteRecording } from './delete-recording.js';
export { FindRecording, hasRecordings, type FoundRecording } from './find-recording.js';
export { ForgetRecordings } from './forget-recordings.js';
export { KeepRecordings } from './keep-recordings.js';
export * from './recording.events.js';
