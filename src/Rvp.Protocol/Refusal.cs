namespace Rvp.Protocol;

/// <summary>A reason for not doing what was asked: the catalogue of every refusal this server gives, with status, reason phrase and the line the
/// caller may read.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">Reason phrase.</param>
/// <param name="Line">One line for the caller; names no other person and no path of the server.</param>
public sealed record Refusal(int Status, string Reason, string Line)
{
    /// <summary>Generic malformed input; <see cref="RvpException"/> gives the line.</summary>
    public static Refusal BadRequest(string line) => new(400, "Bad Request", line);

    /// <summary>A request that has passed more servers than there can be between two people.</summary>
    public static readonly Refusal Loop = new(400, "Bad Request", "RVP-Hop-Count is too high: the request goes round in a loop.");

    /// <summary>An ace without credentials. [spec]</summary>
    public static readonly Refusal CredentialsNotSpecified = new(400, "Credentials Not Specified", "An ace must name its credentials.");

    /// <summary>No proof, or not enough of it.</summary>
    public static readonly Refusal ProofNeeded = new(401, "Unauthorized", "Prove who you are with one of the offered schemes.");

    /// <summary>Proven, but as someone else.</summary>
    public static readonly Refusal NotYou = new(403, "Forbidden", "RVP-From-Principal names someone other than the proven account.");

    /// <summary>A cookie that another site's page makes a browser send.</summary>
    public static readonly Refusal ForeignPage = new(403, "Forbidden", "The session counts only for pages of this server.");

    /// <summary>A right is missing.</summary>
    public static readonly Refusal NotAllowed = new(403, "Forbidden", "The access list of this node does not allow this.");

    /// <summary>A message that names another sender.</summary>
    public static readonly Refusal ForeignSender = new(403, "Forbidden", "notification-from names someone other than the sender.");

    /// <summary>A callback outside what the caller may name.</summary>
    public static readonly Refusal ForeignCallback = new(403, "Forbidden", "Call-Back must be http to the address you come from, on port 1025 or higher.");

    /// <summary>A property that is the directory's.</summary>
    public static readonly Refusal Protected = new(403, "Forbidden", "The directory says what this property is.");

    /// <summary>No node.</summary>
    public static readonly Refusal NoSuchNode = new(404, "Not Found", "There is no such node here.");

    /// <summary>Another organisation's domain that has no server, as far as DNS knows or this server may ask.</summary>
    public static readonly Refusal NoSuchDomain = new(404, "Not Found", "There is no server for that domain.");

    /// <summary>No virtual server.</summary>
    public static readonly Refusal NoSuchHost = new(404, "Not Found", "No virtual server has this Host name.");

    /// <summary>An address of this server's that nobody has.</summary>
    public static readonly Refusal NoSuchAddress = new(404, "Not Found", "Nobody has this address.");

    /// <summary>WebDAV methods that make no sense on nodes. [spec]</summary>
    public static readonly Refusal MethodNotAllowed = new(405, "Method Not Allowed", "Nodes cannot be copied or moved.");

    /// <summary>Client too slow.</summary>
    public static readonly Refusal TooSlow = new(408, "Request Timeout", "The request did not arrive in time.");

    /// <summary>A value that a property cannot have.</summary>
    public static readonly Refusal Conflict = new(409, "Conflict", "The property cannot have this value.");

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

    /// <summary>Not XML by its own word.</summary>
    public static readonly Refusal NotXml = new(415, "Unsupported Media Type", "Content-Type must be text/xml.");

    /// <summary>A sign-in that is neither JSON nor a form by its own word.</summary>
    public static readonly Refusal NotAForm =
        new(415, "Unsupported Media Type", "Content-Type must be application/json or application/x-www-form-urlencoded, in UTF-8.");

    /// <summary>Too many wrong passwords.</summary>
    public static readonly Refusal TooManyAttempts = new(429, "Too Many Requests", "Too many failed sign-ins; wait before the next.");

    /// <summary>A mistake of this server: logged in full, told to nobody.</summary>
    public static readonly Refusal InternalError = new(500, "Internal Server Error", "internal error");

    /// <summary>A verb that nodes do not have.</summary>
    public static readonly Refusal NotImplemented = new(501, "Not Implemented", "This server does not do that.");

    /// <summary>Another organisation's server that does not answer, or answers nonsense.</summary>
    public static readonly Refusal PeerFailed = new(502, "Bad Gateway", "The server of that domain cannot be reached or did not answer.");

    /// <summary>Another organisation's server that cannot be looked for, since DNS does not answer.</summary>
    public static readonly Refusal ResolverFailed = new(502, "Bad Gateway", "DNS did not answer for that domain; try again later.");

    /// <summary>More going on than the server takes.</summary>
    public static readonly Refusal Busy = new(503, "Service Unavailable", "The server has too many outstanding requests.");

    /// <summary>The directory or store does not answer.</summary>
    public static readonly Refusal Unavailable = new(503, "Service Unavailable", "The server cannot answer at the moment.");

    /// <summary>A directory or a DNS that the web client's look-up of an address needs.</summary>
    public static readonly Refusal DnsUnavailable = new(503, "Service Unavailable", "DNS does not answer for that domain; try again later.");

    /// <summary>More changes than a node may hold.</summary>
    public static readonly Refusal NodeFull = new(507, "Insufficient Storage", "This node holds as much as it may.");

    /// <summary>A request that came back to the router that had sent it on.</summary>
    public static readonly Refusal RoutersDisagree = new(508, "Loop Detected", "The servers of this domain send the request round in a circle.");

    /// <summary>The recipient's client refused a message: its status is passed back. [spec]</summary>
    public static Refusal ByRecipient(int status) => new(status, "Refused By Recipient", "The recipient's client refused the message.");

    /// <summary>Another organisation's server refused: its status is passed back, never its words.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="reason">The status's usual phrase.</param>
    public static Refusal ByOtherServer(int status, string reason) => new(status, reason, "The other server refused.");
}
