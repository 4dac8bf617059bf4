using System.Collections.Concurrent;
using System.Net;
using DnsClient;
using Microsoft.Extensions.DependencyInjection;
using RvpServer.Dns;

namespace Rvp.Testing;

/// <summary>DNS as a table: what is not in it does not exist. Counts the questions.</summary>
internal sealed class FakeDns
{
    private readonly ConcurrentDictionary<(string Name, QueryType Type), Task<DnsAnswer>> answers = [];

    public List<string> Questions { get; } = [];

    public static TimeSpan Ttl { get; } = TimeSpan.FromMinutes(10);

    public Task<DnsAnswer> AskAsync(string name, QueryType type)
    {
        lock (Questions)
        {
            Questions.Add($"{type} {name}");
        }
        return answers.GetValueOrDefault((name, type)) ?? Task.FromResult(new DnsAnswer(DnsStatus.NoSuchName, [], Ttl));
    }

    public bool Asked(string question)
    {
        lock (Questions) return Questions.Contains(question);
    }

    public FakeDns Has(string name, QueryType type, Task<DnsAnswer> answer)
    {
        answers[(name, type)] = answer;
        return this;
    }

    public FakeDns Has(string name, QueryType type, DnsAnswer answer) => Has(name, type, Task.FromResult(answer));

    public FakeDns Fails(string name, QueryType type) => Has(name, type, DnsAnswer.Failure);

    public FakeDns HasAddress(string name, params string[] addresses)
    {
        foreach (var kind in addresses.GroupBy(address => address.Contains(':', StringComparison.Ordinal) ? QueryType.AAAA : QueryType.A))
            Has(name, kind.Key, Found([.. kind.Select(address => new DnsRecord.Address(IPAddress.Parse(address)))]));
        return this;
    }

    public FakeDns HasPointer(string arpa, string name) => Has(arpa, QueryType.PTR, Found(new DnsRecord.Pointer(name)));

    /// <summary>Each record as zone files have it: priority, weight, port, target.</summary>
    public FakeDns HasService(string domain, params string[] records) => Has("_rvp._tcp." + domain, QueryType.SRV, Found([.. records.Select(Service)]));

    public static DnsAnswer Found(params DnsRecord[] records) => new(DnsStatus.Found, records, Ttl);

    public static DnsRecord.Service Service(string record)
    {
        var parts = record.Split(' ');
        return new DnsRecord.Service(int.Parse(parts[0]), int.Parse(parts[1]), int.Parse(parts[2]), parts[3]);
    }

    /// <summary>Puts this DNS in place of a server's own.</summary>
    public void Replace(IServiceCollection services) => services.AddSingleton(provider => Resolver(provider.GetRequiredService<TimeProvider>()));

    public DomainResolver Resolver(TimeProvider time, int seed = 1) => new(AskAsync, time, new Random(seed));
}
