namespace Rvp.Protocol;

/// <summary>
/// A reason to refuse a request: the catalogue of every refusal of this server, with status, reason phrase and the line that the caller may read.
/// </summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">Reason phrase.</param>
/// <param name="Line">One line for the caller; contains no other person's name and no path of the server.</param>
public sealed record Refusal(int Status, string Reason, string Line)
{
    /// <summary>Malformed input; <see cref="RvpException"/> gives the line.</summary>
    public static Refusal BadRequest(string line) => new(400, "Bad Request", line);

    /// <summary>A request that has passed more servers than any legal path has.</summary>
    public static readonly Refusal Loop = new(400, "Bad Request", "RVP-Hop-Count is too high: the request goes round in a loop.");

    /// <summary>An ace without credentials. [spec]</summary>
    public static readonly Refusal CredentialsNotSpecified = new(400, "Credentials Not Specified", "An ace must name its credentials.");

    /// <summary>No proof, or not a sufficient one.</summary>
    public static readonly Refusal ProofNeeded = new(401, "Unauthorized", "Prove who you are with one of the offered schemes.");

    /// <summary>Proven, but as someone else.</summary>
    public static readonly Refusal NotYou = new(403, "Forbidden", "RVP-From-Principal names someone other than the proven account.");

    /// <summary>A cookie that a page of another site made the browser send.</summary>
    public static readonly Refusal ForeignPage = new(403, "Forbidden", "The session counts only for pages of this server.");

    /// <summary>The web client over http, where https is required.</summary>
    public static readonly Refusal HttpsNeeded = new(403, "Forbidden", "This is served over https here.");

    /// <summary>A right is missing.</summary>
    public static readonly Refusal NotAllowed = new(403, "Forbidden", "The access list of this node does not allow this.");

    /// <summary>A message that names somebody else as its sender.</summary>
    public static readonly Refusal ForeignSender = new(403, "Forbidden", "notification-from names someone other than the sender.");

    /// <summary>A principal of a domain that the configuration keeps out.</summary>
    public static readonly Refusal DomainKeptOut = new(403, "Forbidden", "This server does not talk to your domain.");

    /// <summary>A callback that the caller may not name.</summary>
    public static readonly Refusal ForeignCallback = new(403, "Forbidden", "Call-Back must be http to the address you come from, on port 1025 or higher.");

    /// <summary>A callback of a caller whose own address is not known.</summary>
    public static readonly Refusal CallbackThroughProxy =
        new(403, "Forbidden", "Call-Back cannot be checked: the request came through a proxy that this server does not know.");

    /// <summary>A property that belongs to the directory.</summary>
    public static readonly Refusal Protected = new(403, "Forbidden", "The directory says what this property is.");

    /// <summary>A question about messages where none are kept.</summary>
    public static readonly Refusal NoHistory = new(403, "Forbidden", "No history is kept here.");

    /// <summary>A search for people where the configuration allows none.</summary>
    public static readonly Refusal NoPeopleSearch = new(403, "Forbidden", "People are not searched here.");

    /// <summary>No node.</summary>
    public static readonly Refusal NoSuchNode = new(404, "Not Found", "There is no such node here.");

    /// <summary>Another organisation's domain that has no server according to DNS, or that this server may not ask.</summary>
    public static readonly Refusal NoSuchDomain = new(404, "Not Found", "There is no server for that domain.");

    /// <summary>No virtual server with this host name.</summary>
    public static readonly Refusal NoSuchHost = new(404, "Not Found", "No virtual server has this Host name.");

    /// <summary>An address of this server that belongs to nobody.</summary>
    public static readonly Refusal NoSuchAddress = new(404, "Not Found", "Nobody has this address.");

    /// <summary>A webhook that never was, has ended, or whose owner is gone.</summary>
    public static readonly Refusal NoSuchWebhook = new(404, "Not Found", "There is no such webhook.");

    /// <summary>WebDAV methods that make no sense for nodes. [spec]</summary>
    public static readonly Refusal MethodNotAllowed = new(405, "Method Not Allowed", "Nodes cannot be copied or moved.");

    /// <summary>What is no message for a webhook, nor a question about one.</summary>
    public static readonly Refusal NotForWebhooks = new(405, "Method Not Allowed", "Webhooks do not do that.");

    /// <summary>The client was too slow.</summary>
    public static readonly Refusal TooSlow = new(408, "Request Timeout", "The request did not arrive in time.");

    /// <summary>A value that a property cannot have.</summary>
    public static readonly Refusal Conflict = new(409, "Conflict", "The property cannot have this value.");

    /// <summary>An account has all the webhooks that it may have.</summary>
    public static readonly Refusal TooManyWebhooks = new(409, "Conflict", "You have as many webhooks as you may: end one first.");

    /// <summary>Depth other than 0.</summary>
    public static readonly Refusal DepthNotZero = new(412, "Precondition Failed", "Depth must be 0.");

    /// <summary>A subscription that is unknown, expired, or another's.</summary>
    public static readonly Refusal NoSuchSubscription = new(412, "Precondition Failed", "There is no such subscription.");

    /// <summary>A view that is unknown or over.</summary>
    public static readonly Refusal NoSuchView = new(412, "Precondition Failed", "There is no such view.");

    /// <summary>Not signed in, not reachable, or politely blocked: nobody can tell.</summary>
    public static readonly Refusal NotAvailable = new(412, "Precondition Failed", "The recipient is not available.");

    /// <summary>Body too large.</summary>
    public static readonly Refusal BodyTooLarge = new(413, "Payload Too Large", "The body is larger than this server accepts.");

    /// <summary>A Content-Type that is not XML.</summary>
    public static readonly Refusal NotXml = new(415, "Unsupported Media Type", "Content-Type must be text/xml.");

    /// <summary>A sign-in whose Content-Type is neither JSON nor a form.</summary>
    public static readonly Refusal NotAForm =
        new(415, "Unsupported Media Type", "Content-Type must be application/json or application/x-www-form-urlencoded, in UTF-8.");

    /// <summary>Too many wrong passwords.</summary>
    public static readonly Refusal TooManyAttempts = new(429, "Too Many Requests", "Too many failed sign-ins; wait before the next.");

    /// <summary>A webhook, or an address that sends to webhooks, has said too much at once.</summary>
    public static readonly Refusal TooManyMessages = new(429, "Too Many Requests", "Too many messages at once; wait before the next.");

    /// <summary>A bug in this server: logged in full, with no details for the caller.</summary>
    public static readonly Refusal InternalError = new(500, "Internal Server Error", "internal error");

    /// <summary>A verb that nodes do not support.</summary>
    public static readonly Refusal NotImplemented = new(501, "Not Implemented", "This server does not do that.");

    /// <summary>Another organisation's server that does not answer, or whose answer makes no sense.</summary>
    public static readonly Refusal PeerFailed = new(502, "Bad Gateway", "The server of that domain cannot be reached or did not answer.");

    /// <summary>Another organisation's server that cannot be found, since DNS does not answer.</summary>
    public static readonly Refusal ResolverFailed = new(502, "Bad Gateway", "DNS did not answer for that domain; try again later.");

    /// <summary>More requests at a time than the server accepts.</summary>
    public static readonly Refusal Busy = new(503, "Service Unavailable", "The server has too many outstanding requests.");

    /// <summary>The directory or store does not answer.</summary>
    public static readonly Refusal Unavailable = new(503, "Service Unavailable", "The server cannot answer at the moment.");

    /// <summary>The web client asks for an address, but the directory or DNS does not answer.</summary>
    public static readonly Refusal DnsUnavailable = new(503, "Service Unavailable", "DNS does not answer for that domain; try again later.");

    /// <summary>More changes than a node may hold.</summary>
    public static readonly Refusal NodeFull = new(507, "Insufficient Storage", "This node holds as much as it may.");

    /// <summary>A request that came back to the router that had forwarded it.</summary>
    public static readonly Refusal RoutersDisagree = new(508, "Loop Detected", "The servers of this domain send the request round in a circle.");

    /// <summary>The recipient's client refused a message: its status is passed on. [spec]</summary>
    public static Refusal ByRecipient(int status) => new(status, "Refused By Recipient", "The recipient's client refused the message.");

    /// <summary>Another organisation's server refused: its status is passed on, never its text.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="reason">The status's usual phrase.</param>
    public static Refusal ByOtherServer(int status, string reason) => new(status, reason, "The other server refused.");
}
