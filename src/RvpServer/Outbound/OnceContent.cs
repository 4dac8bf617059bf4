using System.Net;

namespace RvpServer.Outbound;

/// <summary>A document that knows whether it was written completely, and can be written only once.</summary>
internal sealed class OnceContent(ReadOnlyMemory<byte> body, Action written) : HttpContent
{
    private bool isBegun;

    /// <summary>True once the socket has taken the last byte of the request.</summary>
    public bool IsWritten { get; private set; }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The handler never repeats a request after it began to send its content; if it ever did, this would stop it.
        if (isBegun) throw new IOException("A notification is never written twice.");
        isBegun = true;
        await stream.WriteAsync(body, cancellationToken);
        // Until this point everything may still be in the handler's buffer.
        await stream.FlushAsync(cancellationToken);
        IsWritten = true;
        written();
    }
}
