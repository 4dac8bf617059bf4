namespace Rvp.Ldap;

/// <summary>Splits a stream into messages: 0x30, a length, a body. Never reads beyond a message, so that TLS can start directly after one.</summary>
internal static class LdapFraming
{
    /// <summary>Largest message accepted, in bytes. Decision: entries contain the few requested attributes, a few kilobytes.</summary>
    public const int MaxMessageBytes = 1 << 20;

    private const byte Sequence = 0x30;

    /// <summary>The next message, or null if the stream ends between two. Throws <see cref="LdapConnectionException"/> for invalid data.</summary>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, CancellationToken stop)
    {
        var head = new byte[6];
        if (await stream.ReadAsync(head.AsMemory(0, 1), stop) == 0) return null;
        await stream.ReadExactlyAsync(head.AsMemory(1, 1), stop);
        if (head[0] != Sequence) throw new LdapConnectionException("the server does not speak LDAP");
        var headLength = 2;
        long length = head[1];
        if (length >= 0x80)
        {
            var count = (int)length - 0x80;
            if (count is 0 or > 4) throw new LdapConnectionException("the server sent a message without a sensible length");
            await stream.ReadExactlyAsync(head.AsMemory(2, count), stop);
            headLength += count;
            length = 0;
            for (var i = 2; i < headLength; i++) length = (length << 8) | head[i];
        }
        if (length > MaxMessageBytes) throw new LdapConnectionException($"the server sent a message of {length} bytes; at most {MaxMessageBytes} are taken");
        var message = new byte[headLength + (int)length];
        head.AsSpan(0, headLength).CopyTo(message);
        await stream.ReadExactlyAsync(message.AsMemory(headLength), stop);
        return message;
    }
}
