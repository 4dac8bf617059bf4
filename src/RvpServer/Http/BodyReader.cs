using System.Buffers;
using Rvp.Protocol;

namespace RvpServer.Http;

/// <summary>Reads whole bodies up to a limit of size and time; those that trickle are ended by Kestrel.</summary>
internal static class BodyReader
{
    /// <summary>
    /// The body, empty if there is none. Throws <see cref="RvpException"/> for more than <paramref name="maxBytes"/> (413) and for one that takes longer than
    /// <paramref name="patience"/> (408); allocates no more than has arrived.
    /// </summary>
    public static ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int maxBytes, TimeSpan patience, CancellationToken stop)
    {
        // Most bodies come together with the head: nothing needs to be timed.
        var reading = ReadAsync(context, maxBytes, stop);
        return reading.IsCompleted ? reading : new(WaitAsync(reading.AsTask(), context, patience));
    }

    private static async Task<ReadOnlyMemory<byte>> WaitAsync(Task<ReadOnlyMemory<byte>> reading, HttpContext context, TimeSpan patience)
    {
        try
        {
            return await reading.WaitAsync(patience, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            context.Request.BodyReader.CancelPendingRead();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new RvpException(Refusal.TooSlow);
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int maxBytes, CancellationToken stop)
    {
        if (context.Request.ContentLength > maxBytes) throw new RvpException(Refusal.BodyTooLarge);
        var reader = context.Request.BodyReader;
        ArrayBufferWriter<byte>? body = null;
        while (true)
        {
            var result = await reader.ReadAsync(stop);
            if (result.IsCanceled) throw new OperationCanceledException(stop);
            if ((body?.WrittenCount ?? 0) + result.Buffer.Length > maxBytes) throw new RvpException(Refusal.BodyTooLarge);
            // Most bodies come in one piece.
            var whole = body is null && result.IsCompleted ? result.Buffer.ToArray() : null;
            if (whole is null)
            {
                body ??= new ArrayBufferWriter<byte>();
                foreach (var part in result.Buffer) body.Write(part.Span);
            }
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return whole ?? body!.WrittenMemory;
        }
    }
}
