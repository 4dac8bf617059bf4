using System.CommandLine;
using Rvp.Client;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp search WORDS</c>: people of one's own domain.</summary>
internal static class SearchCommand
{
    private const int MaxPeople = 50;

    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("WORDS") { Description = "Part of a name, an address or a department", Arity = ArgumentArity.OneOrMore };
        var json = ClientCommandLine.Json();
        return new Command("search", "Finds people of your own domain") { words, json }.WithAction(terminal, async run =>
        {
            await using var client = new RvpClient(run.Account.Options);
            var people = await client.FindPeopleAsync(string.Join(' ', run.Parse.GetRequiredValue(words)), MaxPeople, run.Stop);
            if (run.Parse.GetValue(json))
            {
                run.Terminal.Out.WriteJson(
                    people.Select(person => new { address = person.Address, displayName = person.Name, department = person.Department }));
                return;
            }
            foreach (var person in people)
                run.Terminal.Out.WriteLine(SafeText.Line($"{person.Address}  {person.Name}{(person.Department is { } department ? $"  {department}" : "")}"));
        });
    }
}
