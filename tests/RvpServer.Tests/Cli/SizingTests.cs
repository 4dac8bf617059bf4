using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using RvpServer.Cli.Planning;

namespace RvpServer.Tests.Cli;

/// <summary>The planner's model, whatever the habits.</summary>
public sealed class SizingTests
{
    private static readonly Workload Usual = new() { Accounts = 1 };

    private static readonly double[] Sizes = [1, 1e3, 1e4, 1e5, 1.9e5, 2e5, 4.2e5, 4.3e5, 1e6, 2e6, 4.9e6, 5e6, 7e6, 1e7];

    private static readonly Dictionary<string, Workload> Known = new()
    {
        { "usual", Usual },
        { "nobody polls", Usual with { Polled = 0 } },
        { "all poll", Usual with { Polled = 1 } },
        { "a history", Usual with { HasHistory = true } },
        { "small machines", Usual with { Cores = 1 } },
        { "large machines", Usual with { Cores = 64 } },
        { "many contacts", Usual with { Contacts = 200 } },
        { "quiet", Usual with { Changes = 0, Messages = 0, Contacts = 0, Peak = 1, Polled = 0 } },
    };

    public static TheoryData<string> Habits => [.. Known.Keys];

    [Theory]
    [MemberData(nameof(Habits))]
    public void More_people_never_take_less(string habits)
    {
        var all = Sizes.Select(accounts => Sizing.Of(Known[habits] with { Accounts = accounts })).ToList();

        AssertGrows(all, made => (double)made.Form);
        AssertGrows(all, made => made.HomeServers);
        AssertGrows(all, made => made.HomeServers * made.Processes);
        AssertGrows(all, made => made.HomeServers * made.Cores.Peak);
        AssertGrows(all, made => made.HomeServers * made.Processes * made.MemoryBytes);
        AssertGrows(all, made => made.HomeServers * made.Requests.Mean);
        AssertGrows(all, made => made.HomeServers * made.Database.DiskBytes);
        AssertGrows(all, made => made.HomeServers * made.Database.Transactions.Peak);
    }

    [Theory]
    [MemberData(nameof(Habits))]
    public void What_is_proposed_bears_the_peak(string habits)
    {
        foreach (var accounts in Sizes)
        {
            var made = Sizing.Of(Known[habits] with { Accounts = accounts });

            Assert.InRange(made.Bottleneck.Taken, 0, 1);
            // In a cluster one process may be away.
            var left = Math.Max(1, made.Processes - 1);
            Assert.InRange(made.Cores.Peak, 0, (left * Known[habits].Cores * Costs.BusyShare) + (2 * Costs.IdleCores));
        }
    }

    [Property(MaxTest = 300)]
    public Property Any_habits_have_a_size_that_is_a_number() => Prop.ForAll(
        (from accounts in Gen.Choose(1, 10_000_000)
         from shares in Gen.Choose(1, 1000).Two()
         from rates in Gen.Choose(0, 3600).Two()
         from contacts in Gen.Choose(0, 10_000)
         from peak in Gen.Choose(1, 100)
         from cores in Gen.Choose(1, 1024)
         select new Workload
         {
             Accounts = accounts,
             Online = shares.Item1 / 1000.0,
             Polled = shares.Item2 / 1000.0,
             Contacts = contacts,
             Changes = rates.Item1,
             Messages = rates.Item2,
             Peak = peak,
             Cores = cores,
             HasHistory = cores % 2 == 0,
         }).ToArbitrary(),
        work =>
        {
            var made = Sizing.Of(work);
            return double.IsFinite(made.MemoryBytes) && double.IsFinite(made.Cores.Peak) && double.IsFinite(made.Bottleneck.Taken)
                && made.HomeServers >= 1 && made.Processes >= 1 && made.Bottleneck.Then.Length > 0;
        });

    private static void AssertGrows(List<Sizing> all, Func<Sizing, double> of)
    {
        var figures = all.Select(of).ToList();
        Assert.Equal(figures.Order(), figures);
    }
}
