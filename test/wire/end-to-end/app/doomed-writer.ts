import { BlobServiceClient } from "@azure/storage-blob";
import { startAzurite } from "../../../../local/azurite/azurite.ts";

/** Starts storage in a folder, writes so many blobs and waits to be killed. */
const azurite = await startAzurite({ folder: process.argv[2] ?? "" });
const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient("kept");
await container.create();
for (let n = 0; n < Number(process.argv[3]); n += 1) await container.getBlockBlobClient(`blob-${n}`).upload("x", 1);
process.send?.(azurite.pid);
