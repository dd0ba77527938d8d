// What the test hands over by environment: where the control port is, and for JWT the issuer and its key.
const { CONTROL_URI, ISSUER, KEY, SIGNATURE_KEY } = process.env;

module.exports = {
    controlUri: CONTROL_URI,
    issuer: ISSUER,
    key: KEY,
    // Where an origin listens.
    port: Number(process.env.PORT),
    // Key of Grip-Sig.
    signatureKey: SIGNATURE_KEY,
    // The oldest of the libraries calls back a second time when the connection closes.
    once(callback) {
        let called = false;
        return (...results) => {
            if (!called) {
                called = true;
                callback(...results);
            }
        };
    },
    // The same as the libraries of @fanoutio want it.
    grip: { control_uri: CONTROL_URI, verify_key: SIGNATURE_KEY, ...(ISSUER ? { control_iss: ISSUER, key: KEY } : {}) },
    report(error) {
        console.log(error ? `failed: ${error}` : 'published');
    },
};
