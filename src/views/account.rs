//! Who is signed in, and switching and ending that.

use leptos::prelude::*;

use crate::{
    components::menu::Menu,
    state::app_state::{SignIn, use_app},
    text::{initials, t, t_with},
};

/// The account's seal with its menu; a button to sign in where nobody is.
#[component]
pub fn AccountMenu() -> impl IntoView {
    let app = use_app();
    let is_open = RwSignal::new(false);
    move || match app.account.get() {
        Some(account) => {
            let name = if account.name.is_empty() { account.username.clone() } else { account.name.clone() };
            let tenant = account.username.split('@').nth(1).unwrap_or_default().to_owned();
            let label = t_with("account-label", &[("name", name.clone().into()), ("tenant", tenant.into())]);
            let label = Signal::stored(label);
            let seal = initials(&name);
            let button = view! {
                <span class="account-seal" aria-hidden="true">{seal}</span>
                <span class="account-names">
                    <span class="account-tenant">{name.clone()}</span>
                    <span class="account-name">{account.username.clone()}</span>
                </span>
            }
            .into_any();
            let (username, tenant_id) = (account.username, account.tenant_id);
            view! {
                <span class="bar-gap masthead-gap"></span>
                <Menu is_open=is_open class="account" label=label panel_label=label.get_untracked() is_at_end=true button=button>
                    <div class="menu-text">
                        <b>{name.clone()}</b>
                        <span>{username.clone()}</span>
                        <span class="mono quiet">{tenant_id.clone()}</span>
                    </div>
                    {move || {
                        app.other_accounts()
                            .into_iter()
                            .map(|other| {
                                let label = t_with("account-other", &[("name", other.username.clone().into())]);
                                let choose = move |_| {
                                    is_open.set(false);
                                    app.use_account(&other.id);
                                };
                                view! { <button class="menu-item" type="button" on:click=choose>{label}</button> }
                            })
                            .collect_view()
                    }}
                    <button class="menu-item" type="button" on:click=move |_| app.switch_account()>{t("account-switch")}</button>
                    <button class="menu-item" type="button" on:click=move |_| app.sign_out()>{t("account-sign-out")}</button>
                </Menu>
            }
            .into_any()
        }
        None => {
            let is_ready = move || *app.sign_in.read() == SignIn::Ready && app.dataset.read().is_some();
            view! {
                {move || {
                    is_ready()
                        .then(|| {
                            view! {
                                <button class="button button--edge" type="button" on:click=move |_| app.sign_in_from_start()>
                                    {t("account-sign-in")}
                                </button>
                            }
                        })
                }}
            }
            .into_any()
        }
    }
}
