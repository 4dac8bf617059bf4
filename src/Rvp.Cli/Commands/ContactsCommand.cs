using System.CommandLine;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp contacts</c>: the contact list stored at the server, with presence.</summary>
internal static class ContactsCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = ClientCommandLine.Json();
        var command = new Command("contacts", "Lists your contacts and what they are doing")
        {
            json, Change(terminal, isAdd: true), Change(terminal, isAdd: false),
        };
        return command.WithAction(terminal, async run =>
        {
            await using var client = new RvpClient(run.Account.Options);
            var people = await client.GetContactListAsync(run.Stop);
            var contacts = await Task.WhenAll(people.Select(person => LookAsync(client, person, run.Stop)));
            if (run.Parse.GetValue(json))
            {
                run.Terminal.Out.WriteJson(contacts.Select(contact => new { address = contact.Address, state = contact.State, displayName = contact.Name }));
            }
            else WriteTable(run.Terminal.Out, contacts);
        });
    }

    private static Command Change(Terminal terminal, bool isAdd)
    {
        var addresses = new Argument<string[]>("ADDRESS") { Description = "Who", Arity = ArgumentArity.OneOrMore };
        var description = isAdd ? "Puts people on the list" : "Takes people off the list";
        return new Command(isAdd ? "add" : "remove", description) { addresses }.WithAction(terminal, async run =>
        {
            var people = run.Parse.GetRequiredValue(addresses).Select(AccountChoice.ParseAddress).ToList();
            await using var client = new RvpClient(run.Account.Options);
            var before = await client.GetContactListAsync(run.Stop);
            if (isAdd)
            {
                foreach (var person in people) await FindAsync(client, person, run.Stop);
            }
            else if (people.Find(person => !before.Contains(person)) is { } stranger) throw new FailedException($"{stranger} is not on your list.");
            await client.SetContactListAsync(isAdd ? before.Concat(people) : before.Except(people), run.Stop);
            if (isAdd) await client.AllowUnlistedAsync(people, run.Stop);
        });
    }

    // Nobody gets on the list whom there is not; who shows strangers nothing is there.
    private static async Task FindAsync(RvpClient client, ImAddress person, CancellationToken stop)
    {
        try
        {
            await client.GetPresenceAsync(person, stop);
        }
        catch (RvpClientException e) when (e.Error == RvpError.NotAllowed)
        {
            // It exists.
        }
    }

    private static async Task<(string Address, string State, string Name)> LookAsync(RvpClient client, ImAddress person, CancellationToken stop)
    {
        try
        {
            var contact = await client.GetPresenceAsync(person, stop);
            return (person.ToString(), PresenceStates.NameOf(contact.State), contact.DisplayName);
        }
        catch (RvpClientException)
        {
            return (person.ToString(), "unknown", person.ToString());
        }
    }

    private static void WriteTable(TextWriter output, (string Address, string State, string Name)[] contacts)
    {
        if (contacts.Length == 0) return;
        var address = contacts.Max(contact => contact.Address.Length);
        var state = contacts.Max(contact => contact.State.Length);
        foreach (var contact in contacts)
        {
            output.WriteLine($"{contact.Address.PadRight(address)}  {contact.State.PadRight(state)}  {SafeText.Line(contact.Name)}");
        }
    }
}
