using System.Text;
using System.Text.Json;
using Rvp.Client.Http;
using Rvp.Client.Messages;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client;

// The requests that need no sign-in.
public sealed partial class RvpClient
{
    /// <summary>The contact list, stored at the server for all clients of this project.</summary>

    // The credentials that real clients write. [client]
    private const Credentials AnyProof = Credentials.Assertion | Credentials.Digest | Credentials.Ntlm;

    /// <summary>Sends a message to one person, in the current conversation with them or in a new one.</summary>
    public async Task<MessageResult> SendAsync(ImAddress address, string text, CancellationToken stop = default)
    {
        try
        {
            var conversation = inbox.Conversations.With(await UrlOfAsync(address, stop).ConfigureAwait(false));
            return (await conversation.SendAsync(text, stop).ConfigureAwait(false))[0].Result;
        }
        catch (RvpClientException e)
        {
            return MessageResult.Of(e, address.ToString());
        }
    }

    /// <summary>A conversation with these people; for one person the current one, if there is one.</summary>
    public async Task<Conversation> ConverseAsync(IReadOnlyList<ImAddress> people, CancellationToken stop = default)
    {
        if (people is [var only]) return inbox.Conversations.With(await UrlOfAsync(only, stop).ConfigureAwait(false));
        var conversation = inbox.Conversations.Open();
        foreach (var person in people) await conversation.AddAsync(person, stop).ConfigureAwait(false);
        return conversation;
    }

    /// <summary>A person's current presence and name.</summary>
    public async Task<Contact> GetPresenceAsync(ImAddress address, CancellationToken stop = default)
    {
        var url = await UrlOfAsync(address, stop).ConfigureAwait(false);
        var found = await requests.PropFindAsync(url, [PropertyName.State, PropertyName.DisplayName], stop).ConfigureAwait(false);
        return Receiver.With(new Contact(address, url, address.ToString(), PresenceState.Offline), found);
    }

    /// <summary>Everybody who watches us and has an address, each once.</summary>
    public async Task<IReadOnlyList<ImAddress>> GetWatchersAsync(CancellationToken stop = default) =>
        [.. (await ReadWatchersAsync(stop).ConfigureAwait(false)).Select(AddressOf).OfType<ImAddress>().Distinct()];

    /// <summary>The same as texts to show, with the URL as it came for those of whom it does not tell an address.</summary>
    public async Task<IReadOnlyList<string>> DescribeWatchersAsync(CancellationToken stop = default) =>
        [.. (await ReadWatchersAsync(stop).ConfigureAwait(false))
            .Select(text => AddressOf(text)?.ToString() ?? text).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>
    /// Changes our own password at the home server, over https or on this machine alone. This client goes on with the old one, which has ended: make another.
    /// </summary>
    public async Task ChangePasswordAsync(string password, CancellationToken stop = default)
    {
        await VerifyAsync(stop).ConfigureAwait(false); // A referral may lead to another server: follow it first.
        var server = routes.OwnServer;
        if (server.Scheme != Uri.UriSchemeHttps && !server.IsLoopback)
        {
            throw new RvpClientException(
                RvpError.NotAllowed, $"The way to {server.Authority} would show the new password to others: name the server's https URL.");
        }
        var request = new RvpRequest("POST", new Uri(server, "/session/password"), routes.OwnHost, IsOwnServer: false)
        {
            ContentType = "application/json",
            Body = JsonSerializer.SerializeToUtf8Bytes(new { address = Options.Address.ToString(), old = Options.Password, @new = password }),
        };
        var response = await transport.SendAsync(request, stop).ConfigureAwait(false);
        if (response.Status == 204) return;
        throw response.Status switch
        {
            400 => new RvpClientException(RvpError.NotAllowed, Encoding.UTF8.GetString(response.Body).Trim()),
            401 => new RvpClientException(RvpError.WrongPassword, "The server does not accept the old password."),
            429 or 503 => new RvpClientException(RvpError.Busy, "The server cannot change passwords now: try again later."),
            _ => new RvpClientException(RvpError.Failed, "The server changes no passwords: its web client is off, or the administrator does it."),
        };
    }

    /// <summary>The access list, with the entry for everyone.</summary>
    public async Task<IReadOnlyList<AccessEntry>> GetAccessListAsync(CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        return await requests.ReadAclAsync(stop).ConfigureAwait(false);
    }

    /// <summary>Who is blocked.</summary>
    public async Task<IReadOnlyList<ImAddress>> GetBlockedAsync(CancellationToken stop = default) =>
        [.. (await GetBlockedPrincipalsAsync(stop).ConfigureAwait(false)).Select(book.AddressOf).OfType<ImAddress>()];

    /// <summary>Which domains are blocked as a whole.</summary>
    public async Task<IReadOnlyList<string>> GetBlockedDomainsAsync(CancellationToken stop = default) =>
        [.. (await GetBlockedPrincipalsAsync(stop).ConfigureAwait(false)).Where(principal => principal.IsBareHost).Select(principal => principal.Host)];

    /// <summary>Blocks a person: they see us offline, their messages do not arrive, and they cannot tell that they are blocked.</summary>
    public Task BlockAsync(ImAddress address, CancellationToken stop = default) => WriteEntryAsync(address, Rights.None, Rights.SendTo | Rights.Presence, stop);

    /// <summary>Allows a person, whatever the entry for everyone says.</summary>
    public Task AllowAsync(ImAddress address, CancellationToken stop = default) =>
        WriteEntryAsync(address, Rights.List | Rights.Read | Rights.SendTo | Rights.Presence, Rights.None, stop);

    /// <summary>
    /// Allows those who have no entry of their own yet, as Pidgin's plugin does with contacts: a server may show presence only to people with an entry. Who is
    /// blocked stays so.
    /// </summary>
    public async Task AllowUnlistedAsync(IEnumerable<ImAddress> people, CancellationToken stop = default)
    {
        var listed = (await GetAccessListAsync(stop).ConfigureAwait(false)).Select(entry => entry.Principal).OfType<RvpUrl>().ToHashSet();
        foreach (var person in people)
            if (listed.Add(await UrlOfAsync(person, stop).ConfigureAwait(false))) await AllowAsync(person, stop).ConfigureAwait(false);
    }

    /// <summary>Removes a person's own entry: the entry for everyone applies to them.</summary>
    public Task UnblockAsync(ImAddress address, CancellationToken stop = default) => WriteEntryAsync(address, Rights.None, Rights.None, stop);

    /// <summary>Blocks everybody of a domain and its subdomains, except those who have an entry of their own.</summary>
    public Task BlockDomainAsync(string domain, CancellationToken stop = default) =>
        WriteEntryAsync(DomainOf(domain), Rights.None, Rights.SendTo | Rights.Presence, stop);

    /// <summary>Removes a domain's entry.</summary>
    public Task UnblockDomainAsync(string domain, CancellationToken stop = default) => WriteEntryAsync(DomainOf(domain), Rights.None, Rights.None, stop);

    /// <summary>A property of our own node, as XML inside its tags (see <see cref="Property.InnerXml"/>); null if it is not set.</summary>
    public async Task<string?> GetPropertyAsync(PropertyName name, CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        var found = await requests.PropFindAsync(book.Self!, [name], stop).ConfigureAwait(false);
        return found.Count > 0 ? found[0].InnerXml : null;
    }

    /// <summary>Sets a property of our own node permanently. Nobody else can read those in <see cref="PropertyName.PrivateNamespace"/>.</summary>
    public async Task SetPropertyAsync(PropertyName name, string innerXml, CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        await requests.PropPatchAsync(new Property(name, innerXml), stop).ConfigureAwait(false);
    }

    /// <summary>The contact list stored at the server.</summary>
    public async Task<IReadOnlyList<ImAddress>> GetContactListAsync(CancellationToken stop = default) =>
        [.. (await ReadContactListAsync(stop).ConfigureAwait(false)).Select(contact => contact.Address)];

    /// <summary>Replaces the contact list stored at the server; for people who stay on it, what other clients stored about them is kept.</summary>
    public async Task SetContactListAsync(IEnumerable<ImAddress> contacts, CancellationToken stop = default)
    {
        var known = (await ReadContactListAsync(stop).ConfigureAwait(false)).ToDictionary(contact => contact.Address);
        var listed = new List<ListedContact>();
        foreach (var address in contacts.Distinct())
        {
            if (!known.TryGetValue(address, out var contact))
            {
                var url = await book.UrlOfAsync(address, stop).ConfigureAwait(false);
                contact = new ListedContact(address, url.ToString(), "");
            }
            listed.Add(contact);
        }
        var before = ContactListXml.Write(known.Values);
        foreach (var (part, items) in ContactListXml.Write(listed).Index())
        {
            if (items != before[part]) await SetPropertyAsync(ContactListXml.Parts[part], items, stop).ConfigureAwait(false);
        }
    }

    private async Task<IEnumerable<string>> ReadWatchersAsync(CancellationToken stop)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        return (await requests.WatchersAsync(stop).ConfigureAwait(false)).Select(one => one.Watcher);
    }

    private ImAddress? AddressOf(string text) => RvpUrl.TryParseIdentity(text, out var url) ? book.AddressOf(url) : null;

    private async Task<IReadOnlyList<ListedContact>> ReadContactListAsync(CancellationToken stop)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        var found = await requests.PropFindAsync(book.Self!, ContactListXml.Parts, stop).ConfigureAwait(false);
        var texts = found.ToDictionary(property => property.Name, property => property.InnerXml);
        return ContactListXml.Read(ContactListXml.Parts.Select(part => texts.GetValueOrDefault(part, "")));
    }

    internal async Task<IReadOnlyList<(ImAddress, MessageResult)>> SendAsync(
        IReadOnlyList<(RvpUrl Url, string Name)> members, MimeMessage message, CancellationToken stop)
    {
        string name;
        try
        {
            name = await ReadDisplayNameAsync(stop).ConfigureAwait(false);
        }
        catch (RvpClientException e)
        {
            return [.. members.Select(member => (Named(member.Url), MessageResult.Of(e, Named(member.Url).ToString())))];
        }
        // All recipients get the same Session-Id and list of recipients, so that every client sees the same conversation.
        var body = NotificationXml.WriteMessage(
            book.Self!.ToString(), name, [.. members.Select(member => (member.Url.ToString(), member.Name))], message.ToString());
        var results = await Task.WhenAll(members.Select(member => SendAsync(member.Url, body, stop))).ConfigureAwait(false);
        if (message.ContentType != MimeMessage.Plain) return results;
        foreach (var (_, result) in results) ClientMetrics.MessageSent(result.Outcome);
        return results;
    }

    private async Task<(ImAddress, MessageResult)> SendAsync(RvpUrl url, byte[] body, CancellationToken stop)
    {
        var who = Named(url);
        try
        {
            return (who, MessageResult.Of(await requests.NotifyAsync(url, body, stop).ConfigureAwait(false), who.ToString()));
        }
        catch (RvpClientException e)
        {
            return (who, MessageResult.Of(e, who.ToString()));
        }
    }

    // Only people can become members.
    private ImAddress Named(RvpUrl url) => book.AddressOf(url) ?? Options.Address;

    private async Task WriteEntryAsync(ImAddress address, Rights grant, Rights deny, CancellationToken stop) =>
        await WriteEntryAsync(await UrlOfAsync(address, stop).ConfigureAwait(false), grant, deny, stop).ConfigureAwait(false);

    private async Task WriteEntryAsync(RvpUrl principal, Rights grant, Rights deny, CancellationToken stop)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        await requests.WriteAclAsync(new AccessEntry(principal, AnyProof, grant, deny), stop).ConfigureAwait(false);
    }

    private async Task<IEnumerable<RvpUrl>> GetBlockedPrincipalsAsync(CancellationToken stop) =>
        (await GetAccessListAsync(stop).ConfigureAwait(false)).Where(entry => (entry.Deny & (Rights.SendTo | Rights.Presence)) != 0)
            .Select(entry => entry.Principal).OfType<RvpUrl>();

    // A bare host stands for a domain.
    private static RvpUrl DomainOf(string domain) =>
        RvpUrl.TryParse(domain, out var url) && url.IsBareHost ? url : throw new ArgumentException($"{domain} is no domain.", nameof(domain));
}
