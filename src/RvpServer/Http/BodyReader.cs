using System.Buffers;
using Rvp.Protocol;

namespace RvpServer.Http;

/// <summary>Reads whole bodies up to a limit.</summary>
internal static class BodyReader
{
    /// <summary>
    /// The body, empty if there is none. Throws <see cref="RvpException"/> (413) for more than <paramref name="maxBytes"/>; allocates no more than has arrived.
    /// </summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int maxBytes, CancellationToken stop)
    {
        if (context.Request.ContentLength > maxBytes) throw new RvpException(Refusal.BodyTooLarge);
        var reader = context.Request.BodyReader;
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var result = await reader.ReadAsync(stop);
            if (result.IsCanceled) throw new OperationCanceledException(stop);
            if (body.WrittenCount + result.Buffer.Length > maxBytes) throw new RvpException(Refusal.BodyTooLarge);
            foreach (var part in result.Buffer) body.Write(part.Span);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return body.WrittenMemory;
        }
    }
}
