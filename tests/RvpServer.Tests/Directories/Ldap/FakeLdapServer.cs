using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Rvp.Ldap;

namespace RvpServer.Tests.Directories.Ldap;

/// <summary>A directory on loopback that does what the test says. Unless told otherwise it accepts every sign-in and has no entries.</summary>
internal sealed class FakeLdapServer : IAsyncDisposable
{
    public const int Bind = 0;
    public const int Search = 3;
    public const int Modify = 6;
    public const int Abandon = 16;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> clients = [];
    private readonly Channel<LdapCall> calls = Channel.CreateUnbounded<LdapCall>();
    private readonly Task accepting;

    public FakeLdapServer()
    {
        listener.Start();
        Address = new Uri($"ldap://{listener.LocalEndpoint}");
        accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>What happens on a request; false: the usual.</summary>
    public Func<LdapCall, bool> OnCall { get; set; } = _ => false;

    public int Connections => clients.Count;

    /// <summary>The next request with this operation, whenever it comes.</summary>
    public async Task<LdapCall> NextAsync(int operation)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            var call = await calls.Reader.ReadAsync(deadline.Token);
            if (call.Operation == operation) return call;
        }
    }

    public void CloseAll()
    {
        foreach (var client in clients) client.Close();
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        CloseAll();
        await accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                clients.Add(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            while (await LdapFraming.ReadAsync(stream, CancellationToken.None) is { } message)
            {
                var body = new AsnReader(message, AsnEncodingRules.BER).ReadSequence();
                var id = (int)body.ReadInteger();
                var call = new LdapCall(client, id, body.PeekTag().TagValue, body.PeekEncodedValue().ToArray());
                if (!OnCall(call))
                {
                    if (call.Operation == Bind) call.Answer(LdapResultCode.Success);
                    if (call.Operation == Search) call.Answer(LdapResultCode.Success);
                    if (call.Operation == Modify) call.Answer(LdapResultCode.Success);
                }
                calls.Writer.TryWrite(call);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException or InvalidOperationException)
        {
            // The client went away.
        }
    }
}

/// <summary>A request, and ways to answer it.</summary>
internal sealed record LdapCall(TcpClient Client, int Id, int Operation, byte[] Content)
{
    public bool Mentions(string text) => Content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    public bool Answer(LdapResultCode code) => Answer((int)code);

    public bool Answer(int code, int? id = null)
    {
        var operation = Operation switch { FakeLdapServer.Bind => 1, FakeLdapServer.Search => 5, FakeLdapServer.Modify => 7, _ => 24 };
        return Send(id ?? Id, operation, w =>
        {
            w.WriteEncodedValue([0x0A, 0x01, (byte)code]);
            w.WriteOctetString([]);
            w.WriteOctetString([]);
        });
    }

    public bool Entry(string dn, params (string Name, string Value)[] values) => Send(Id, 4, w =>
    {
        w.WriteOctetString(Encoding.UTF8.GetBytes(dn));
        using (w.PushSequence())
        {
            foreach (var attribute in values.GroupBy(value => value.Name))
            {
                using (w.PushSequence())
                {
                    w.WriteOctetString(Encoding.UTF8.GetBytes(attribute.Key));
                    using (w.PushSetOf())
                    {
                        foreach (var (_, value) in attribute) w.WriteOctetString(Encoding.UTF8.GetBytes(value));
                    }
                }
            }
        }
    });

    public bool Raw(params byte[] bytes)
    {
        Client.GetStream().Write(bytes);
        return true;
    }

    public bool Close()
    {
        Client.Close();
        return true;
    }

    private bool Send(int id, int operation, Action<AsnWriter> content)
    {
        var w = new AsnWriter(AsnEncodingRules.BER);
        using (w.PushSequence())
        {
            w.WriteInteger(id);
            using (w.PushSequence(new Asn1Tag(TagClass.Application, operation))) content(w);
        }
        return Raw(w.Encode());
    }
}
