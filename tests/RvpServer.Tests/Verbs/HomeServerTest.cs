using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>A home server of its own for each test, with Jo Brown and Kari Hensien.</summary>
public abstract partial class HomeServerTest : IAsyncLifetime
{
    private readonly List<Person> people = [];

    private protected const string Ns = Person.Namespaces;

    private protected TestServer Server { get; private set; } = null!;

    private protected Person Jo { get; private set; } = null!;

    private protected Person Kari { get; private set; } = null!;

    /// <summary>The clock; null where time is real.</summary>
    private protected virtual FakeTimeProvider? Clock => null;

    /// <summary>Configuration below <c>Rvp:</c>.</summary>
    private protected virtual IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>();

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync(Settings, Clock);
        Jo = Comes("JoBrown");
        Kari = Comes("KariHensien");
    }

    public async Task DisposeAsync()
    {
        foreach (var person in people) await person.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>Someone, or the same one at another place.</summary>
    private protected Person Comes(string name)
    {
        var person = Server.Person(name);
        people.Add(person);
        return person;
    }

    /// <summary>The whole answer but the time: status line, headers, body.</summary>
    private protected static void AssertAnswer(string expected, RawAnswer answer) => Assert.Equal(expected, WithoutDate(answer));

    private protected static string WithoutDate(RawAnswer answer)
    {
        Assert.Matches("^[A-Z][a-z]{2}, .* GMT$", Assert.Single(answer.All("Date")));
        return DateLine().Replace(answer.Text, "", 1);
    }

    /// <summary>The state that a 207 shows.</summary>
    private protected static string StateIn(RawAnswer answer)
    {
        Assert.Equal(207, answer.Status);
        return StateElement().Match(answer.Body).Groups[1].Value;
    }

    [GeneratedRegex("Date: [^\r]*\r\n")]
    private static partial Regex DateLine();

    [GeneratedRegex("<r:state><r:([a-z-]+)/></r:state>")]
    private static partial Regex StateElement();
}
