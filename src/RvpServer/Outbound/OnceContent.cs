using System.Net;

namespace RvpServer.Outbound;

/// <summary>A document that knows whether it was written whole, and lets itself be written once only.</summary>
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
        // The handler never repeats a request whose content it began; should it ever, this stops it.
        if (isBegun) throw new IOException("A notification is never written twice.");
        isBegun = true;
        await stream.WriteAsync(body, cancellationToken);
        // Until here it may all stand in the handler's buffer.
        await stream.FlushAsync(cancellationToken);
        IsWritten = true;
        written();
    }
}
