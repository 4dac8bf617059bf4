using System.Formats.Asn1;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsClient;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Ldap;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.Fuzz.Targets;

/// <summary>What directories and name servers answer, and what administrators import.</summary>
internal static class DirectoryTargets
{
    private static readonly string[] FilterTokens =
        ["(&", "(|", "(!", "(objectClass=*)", ":=", ":dn:", "1.2.840.113556.1.4.803", ">=", "<=", "~=", @"\\2a", "*", ")"];

    private static readonly string[] DnsTokens = [@"\xC0\x0C", @"\x00\x21\x00\x01", @"\x00\x05\x00\x01", @"\x02im"];

    private static readonly string[] CsvTokens =
        ["address,display,home,password\n", "JoBrown@adatum.com", ",", "\"", "\"\"", "\r\n", "imhomeserver1", "Pass-Word-1"];

    private static readonly Lazy<UserHomes> Homes = new(() => new UserHomes(ImDomains.Of(
        RvpSettings.Read(TestConfiguration.Root(TestConfiguration.Make("/data", [])), "/data"))));

    private static readonly Lazy<NameServerInReach> NameServer = new(() => new NameServerInReach());

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("ldap", Ldap, [@"0\x84", "1.2.840.113556.1.4.319", @"\x04\x00", @"\x0A\x01\x00"]),
        new("filter", Filter, FilterTokens),
        new("csv", Csv, CsvTokens),
        new("dns", bytes => NameServer.Value.Answers(bytes), DnsTokens) { Rounds = 500 },
    ];

    // A connection's bytes: messages until it ends, or is one that cannot go on.
    private static void Ldap(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        try
        {
            while (LdapFraming.ReadAsync(stream, CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } message)
            {
                var answer = LdapAnswer.Read(message);
                Assert.InRange(answer.Id, 0, int.MaxValue);
                foreach (var attribute in answer.Entry?.Attributes.Keys ?? []) Assert.NotNull(answer.Entry!.Texts(attribute).ToList());
            }
        }
        catch (Exception e) when (e is LdapConnectionException or EndOfStreamException or AsnContentException)
        {
            // What the connection expects, and ends by.
        }
    }

    private static void Filter(byte[] bytes)
    {
        try
        {
            Assert.NotEqual(0, LdapFilter.Parse(Encoding.UTF8.GetString(bytes)).Encoded.Length);
        }
        catch (FormatException)
        {
            // Told to the administrator.
        }
    }

    private static void Csv(byte[] bytes)
    {
        try
        {
            foreach (var (line, account) in UserImport.Read(new StreamReader(new MemoryStream(bytes)), Homes.Value, needsPassword: true))
            {
                Assert.InRange(line, 1, bytes.Length + 1);
                Assert.Equal("im.adatum.com", account.Domain);
            }
        }
        catch (AccountException refused)
        {
            Assert.StartsWith("Line ", refused.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A name server on loopback that answers with what it is told to, and who asks it.</summary>
    private sealed class NameServerInReach
    {
        private static readonly QueryType[] Types = [QueryType.A, QueryType.SRV, QueryType.PTR, QueryType.AAAA];

        private readonly DnsLookup lookup;
        private volatile byte[] reply = [];

        public NameServerInReach()
        {
            var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            lookup = new DnsLookup(
                new DnsOptions { Servers = [(IPEndPoint)socket.Client.LocalEndPoint!], Timeout = TimeSpan.FromSeconds(2) }, TimeProvider.System,
                NullLogger<DnsLookup>.Instance);
            _ = ServeAsync(socket);
        }

        // The first byte says what is asked for; the others are the reply, whose number is put right.
        public void Answers(byte[] bytes)
        {
            if (bytes.Length < 3) return;
            reply = bytes[1..];
            var answer = lookup.AskAsync("im.adatum.com", Types[bytes[0] % Types.Length]).GetAwaiter().GetResult();
            Assert.InRange(answer.Records.Count, 0, 64);
            Assert.True(answer.TimeToLive >= TimeSpan.Zero);
        }

        private async Task ServeAsync(UdpClient socket)
        {
            while (true)
            {
                var asked = await socket.ReceiveAsync();
                var bytes = (byte[])reply.Clone();
                asked.Buffer.AsSpan(0, Math.Min(2, bytes.Length)).CopyTo(bytes);
                await socket.SendAsync(bytes, asked.RemoteEndPoint);
            }
        }
    }
}
