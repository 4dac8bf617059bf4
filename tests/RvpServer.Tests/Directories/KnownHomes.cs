using System.Net;
using DnsClient;
using Microsoft.Extensions.Time.Testing;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.Tests.Directories;

/// <summary>A search for home servers in a DNS that knows a few, has no answer for one, and no other names.</summary>
internal static class KnownHomes
{
    public const string WithoutAnswer = "silent.example.com";

    public static HomeSearch Search(ImDomains domains, params string[] known) => Search(domains, null, known);

    public static HomeSearch Search(ImDomains domains, GreetHome? greet, params string[] known)
    {
        return new HomeSearch(domains, new DomainResolver((name, type) => Task.FromResult(Answer(name, type)), new FakeTimeProvider(), new Random(1)), greet);

        DnsAnswer Answer(string name, QueryType type)
        {
            if (name == WithoutAnswer) return DnsAnswer.Failure;
            var ttl = TimeSpan.FromMinutes(1);
            if (!known.Contains(name)) return new DnsAnswer(DnsStatus.NoSuchName, [], ttl);
            return type == QueryType.A
                ? new DnsAnswer(DnsStatus.Found, [new DnsRecord.Address(IPAddress.Loopback)], ttl)
                : new DnsAnswer(DnsStatus.Empty, [], ttl);
        }
    }
}
