using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Engine;
using Rvp.Testing;
using RvpServer.Delivery;
using RvpServer.Home;

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
    private protected Person Comes(string name, string password = TestServer.Password)
    {
        var person = Server.Person(name, password: password);
        people.Add(person);
        return person;
    }

    /// <summary>
    /// Lets time pass, once nothing is on its way to a callback: what a test has received the server may not know to have arrived yet, and would take this
    /// time for that of its attempt.
    /// </summary>
    private protected async Task Passes(TimeSpan time)
    {
        await Server.NewsHaveCrossedAsync();
        await Deadline.Until(() => CountWaiting() == 0, "nothing on its way", () => $"{CountWaiting()} callbacks with something");
        Clock!.Advance(time);

        int CountWaiting() => Server.Processes.Sum(process => process.GetRequiredService<Outbox>().CountWaiting(Outbox.Callbacks));
    }

    /// <summary>Waits until the server has seen to every lease of someone's node that has run out.</summary>
    private protected Task LeasesRunOut(Person person)
    {
        var now = Server.Clock!.GetUtcNow();
        return Deadline.Until(
            () => NodeOf(person).NextDue is not { } due || due > now,
            $"no lease of {person.Name} that has run out", () => "some are left");
    }

    /// <summary>The node as the server has it in memory: only to wait for what no answer shows.</summary>
    private protected Node NodeOf(Person person) =>
        Server.Processes.SelectMany(process => process.GetRequiredService<NodeTurns>().All).Single(slot => slot.Node.Url.ToString() == person.Url).Node;

    /// <summary>An answer with a document, as it has to come; the length is that of the document.</summary>
    private protected static string Document(string status, string body, string headers = "", string version = "0.2") =>
        $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nContent-Type: text/xml\r\n"
            + $"{headers}RVP-Notifications-Version: {version}\r\n\r\n{body}";

    /// <summary>An answer without a body, as it has to come.</summary>
    private protected static string Empty(string status, string headers = "", string version = "0.2") =>
        $"HTTP/1.1 {status}\r\nContent-Length: 0\r\n{headers}RVP-Notifications-Version: {version}\r\n\r\n";

    /// <summary>A refusal, as it has to come.</summary>
    private protected static string Refused(string status, string line, string headers = "") =>
        $"HTTP/1.1 {status}\r\nContent-Length: {line.Length + 1}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + $"{headers}RVP-Notifications-Version: 0.2\r\n\r\n{line}\n";

    /// <summary>The refusal of a message for which there is no room, as it has to come.</summary>
    private protected static string NoRoom => Refused("412 Precondition Failed", "The recipient is not available.", "RVP-Delivered: full\r\n");

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

    /// <summary>The view id that the answer to a PROPPATCH shows.</summary>
    private protected static string ViewIdIn(RawAnswer answer)
    {
        Assert.Equal(207, answer.Status);
        return ViewIdElement().Match(answer.Body).Groups[1].Value;
    }

    [GeneratedRegex("<r:view-id>([1-9][0-9]*)</r:view-id>")]
    private static partial Regex ViewIdElement();

    [GeneratedRegex("Date: [^\r]*\r\n")]
    private static partial Regex DateLine();

    [GeneratedRegex("<r:state><r:([a-z-]+)/></r:state>")]
    private static partial Regex StateElement();
}
